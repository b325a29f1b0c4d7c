-- One row per student and ended ISO week in which every concept first started was completed or mastered by its end.
-- grain: student_id, week_start
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   week_start: Monday of the week
--   started (concepts): concepts first started in the week, completed or mastered all
--   occurred_at: the week's end, Monday 00:00 UTC after it
--   event_id: the completing event of the last of them, by (occurred_at, event_id)
with started as (
    select
        student_id,
        concept_id,
        cast(date_trunc('week', local_date) as date) as week_start
    from progress.concept_milestones
    where milestone = 'started'
),

finished as (
    select
        s.student_id,
        s.week_start,
        count(*) as started,
        count(a.event_id) as achieved,
        arg_max(a.event_id, a.place) as event_id
    from started as s
    left join progress.concept_milestones as a
        on
            s.student_id = a.student_id
            and s.concept_id = a.concept_id
            and a.milestone = 'achieved'
            and a.local_date < s.week_start + 7
    group by s.student_id, s.week_start
)

select
    f.student_id,
    f.week_start,
    f.started,
    timezone('UTC', cast(f.week_start + 7 as timestamp)) as occurred_at,
    f.event_id
from finished as f
cross join source.clock as k
where
    f.started = f.achieved
    and timezone('UTC', cast(f.week_start + 7 as timestamp)) <= k.as_of
