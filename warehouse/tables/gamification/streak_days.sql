-- One row per student and active day, with its place in its run of consecutive days.
-- grain: student_id, local_date
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   local_date: the active day
--   run_start: first day of the run that the day belongs to
--   streak_day (days): 1 for the first day of the run
--   occurred_at: the day's first learning event
--   event_id: that event
with numbered as (
    select
        student_id,
        local_date,
        occurred_at,
        event_id,
        local_date
        - cast(row_number() over (partition by student_id order by local_date) as integer) as island
    from progress.active_days
),

runs as (
    select student_id, island, min(local_date) as run_start
    from numbered
    group by student_id, island
)

select
    n.student_id,
    n.local_date,
    r.run_start,
    n.local_date - r.run_start + 1 as streak_day,
    n.occurred_at,
    n.event_id
from numbered as n
inner join runs as r on n.student_id = r.student_id and n.island = r.island
