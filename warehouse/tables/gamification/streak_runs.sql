-- One row per student and run of active days that no missed day parts; a late event joins the runs that it connects.
-- grain: student_id, run_start
-- scope: student
-- columns:
--   student_id: the student
--   run_start: first day of the run
--   run_end: last active day of the run
--   day_count (days): its active days
--   alive_until: the last day on which learning would still go on with the run: the day after its end, or after the planned break that follows it
with runs as (
    select
        student_id,
        run_start,
        max(local_date) as run_end,
        max(streak_day) as day_count
    from gamification.streak_days
    group by student_id, run_start
)

select
    r.student_id,
    r.run_start,
    r.run_end,
    r.day_count,
    coalesce(b.last_day, r.run_end) + 1 as alive_until
from runs as r
left join progress.student_breaks as b
    on
        r.student_id = b.student_id
        and b.first_day <= r.run_end + 1
        and r.run_end < b.last_day
