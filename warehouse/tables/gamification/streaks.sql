-- One row per student with a learning event: the streak as it stands (semantics 4).
-- A streak is alive while every day after its last active day and before today lies in a planned break; today is still open.
-- grain: student_id
-- scope: student
-- refresh: due
-- columns:
--   student_id: the student
--   current_streak (days): active days of the latest run if it is alive, else 0
--   longest_streak (days): active days of the longest run
--   last_activity_date: last active day
--   run_start: first day of the latest run
--   alive_until: the last day on which learning would go on with the latest run
--   today: the student's day at the as-of instant
with runs as (
    select
        student_id,
        max(run_end) as last_activity_date,
        max(day_count) as longest_streak,
        max(
            struct_pack(
                run_end := run_end, days := day_count, start := run_start, until := alive_until
            )
        )
            as latest
    from gamification.streak_runs
    group by student_id
)

select
    r.student_id,
    case when r.latest.until >= d.today then r.latest.days else 0 end as current_streak,
    r.longest_streak,
    r.last_activity_date,
    r.latest.start as run_start,
    r.latest.until as alive_until,
    d.today
from runs as r
inner join progress.todays as d on r.student_id = d.student_id
