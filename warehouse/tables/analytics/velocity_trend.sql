-- One row per student with a learning event and ISO week, from the first active one to that of the student's today: how fast concepts are mastered (semantics 7). Weeks without learning are there too.
-- grain: student_id, week_start
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   week_start: Monday of the week
--   mastered (concepts): concepts first mastered in the week
--   learning_velocity (concepts per week): concepts first mastered in the week and the three before, divided by 4; in the week of today it is still growing
with mastered as (
    select
        student_id,
        cast(date_trunc('week', local_date) as date) as week_start,
        count(*) as mastered
    from progress.concept_milestones
    where milestone = 'mastered'
    group by student_id, date_trunc('week', local_date)
),

span as (
    select
        s.student_id,
        cast(date_trunc('week', s.first_active_date) as date) as first_week,
        -- the latest day wins where the student has travelled ahead of their own zone
        cast(
            date_trunc(
                'week',
                greatest(
                    s.last_active_date,
                    cast(
                        timezone(
                            coalesce(p.time_zone, s.time_zone, k.default_time_zone), k.as_of
                        ) as date
                    )
                )
            ) as date
        ) as last_week
    from progress.students as s
    cross join source.clock as k
    left join source.students as p on s.student_id = p.student_id
    where s.first_active_date is not null
),

weeks as (
    select
        s.student_id,
        cast(s.first_week + 7 * n.n as date) as week_start
    from span as s
    inner join source.numbers as n on n.n <= (s.last_week - s.first_week) / 7
)

select
    w.student_id,
    w.week_start,
    coalesce(m.mastered, 0) as mastered,
    cast(
        sum(coalesce(m.mastered, 0)) over (
            partition by w.student_id
            order by w.week_start
            rows between 3 preceding and current row
        ) as double
    ) / 4 as learning_velocity
from weeks as w
left join mastered as m on w.student_id = m.student_id and w.week_start = m.week_start
