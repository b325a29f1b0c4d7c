-- One row per student and stretch of planned days without learning: their own breaks and those of their classes, put together where they touch.
-- A class's break holds for a student on the days on which they were enrolled in it (days in UTC).
-- grain: student_id, first_day
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   first_day: first day of the break
--   last_day: its last day, included
with spans as (
    select s.student_id, b.first_day, b.last_day
    from progress.students as s
    inner join source.breaks as b on s.student_id = b.student_id
    union all
    select
        s.student_id,
        greatest(
            b.first_day, coalesce(cast(timezone('UTC', e.valid_from) as date), b.first_day)
        ) as first_day,
        least(
            b.last_day,
            coalesce(
                cast(timezone('UTC', e.valid_until - interval 1 microsecond) as date), b.last_day
            )
        ) as last_day
    from progress.students as s
    inner join source.enrolments as e on s.student_id = e.person_id and e.role = 'student'
    inner join source.breaks as b on e.class_id = b.class_id
),

opened as (
    select
        student_id,
        first_day,
        last_day,
        max(last_day) over (
            partition by student_id
            order by first_day, last_day
            rows between unbounded preceding and 1 preceding
        ) as reached
    from spans
    where first_day <= last_day
),

numbered as (
    select
        student_id,
        first_day,
        last_day,
        sum(case when reached is null or first_day > reached + 1 then 1 else 0 end) over (
            partition by student_id
            order by first_day, last_day
            rows between unbounded preceding and current row
        ) as stretch
    from opened
)

select student_id, min(first_day) as first_day, max(last_day) as last_day
from numbered
group by student_id, stretch
