-- One row per student with any event: where and when they were last seen.
-- grain: student_id
-- scope: student
-- columns:
--   student_id: the student
--   time_zone: zone of the latest learning event, null without one
--   active_days (days): days with a learning event
--   first_active_date: first of them
--   last_active_date: last of them
with learned as (
    select
        student_id,
        arg_max(time_zone, place) as time_zone
    from staging.learning_events
    group by student_id
),

days as (
    select
        student_id,
        count(*) as active_days,
        min(local_date) as first_active_date,
        max(local_date) as last_active_date
    from progress.active_days
    group by student_id
),

seen as (
    select student_id from learned
    union
    select student_id from staging.other_events
)

select
    s.student_id,
    l.time_zone,
    coalesce(d.active_days, 0) as active_days,
    d.first_active_date,
    d.last_active_date
from seen as s
left join learned as l on s.student_id = l.student_id
left join days as d on s.student_id = d.student_id
