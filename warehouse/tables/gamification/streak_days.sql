-- One row per student and active day, with its place in its run (semantics 4).
-- A run goes on over days without learning when all of them lie in a planned break: such a day neither ends a streak nor counts in it, and it earns no points. A day with learning counts wherever it lies.
-- grain: student_id, local_date
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   local_date: the active day
--   run_start: first day of the run that the day belongs to
--   streak_day (days): 1 for the first active day of the run
--   occurred_at: the day's first learning event
--   event_id: that event
with broken as (
    select
        student_id,
        local_date,
        lag(local_date) over (partition by student_id order by local_date) as previous
    from progress.active_days
    where student_id in (select student_id from progress.student_breaks)
),

bridged as (
    select d.student_id, d.local_date, d.local_date - d.previous - 1 as day_count
    from broken as d
    inner join progress.student_breaks as b
        on
            d.student_id = b.student_id
            and b.first_day <= d.previous + 1
            and b.last_day >= d.local_date - 1
    where d.local_date > d.previous + 1
),

numbered as (
    select
        d.student_id,
        d.local_date,
        d.occurred_at,
        d.event_id,
        row_number() over days as nth,
        coalesce(sum(b.day_count) over days, 0) as bridged_days
    from progress.active_days as d
    left join bridged as b on d.student_id = b.student_id and d.local_date = b.local_date
    window days as (partition by d.student_id order by d.local_date)
),

runs as (
    select
        student_id,
        local_date - cast(nth + bridged_days as integer) as island,
        min(local_date) as run_start,
        min(nth) as first_nth
    from numbered
    group by student_id, local_date - cast(nth + bridged_days as integer)
)

select
    n.student_id,
    n.local_date,
    r.run_start,
    n.nth - r.first_nth + 1 as streak_day,
    n.occurred_at,
    n.event_id
from numbered as n
inner join runs as r
    on
        n.student_id = r.student_id
        and n.local_date - cast(n.nth + n.bridged_days as integer) = r.island
