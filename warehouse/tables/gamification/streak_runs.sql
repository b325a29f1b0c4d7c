-- One row per student and run of consecutive active days; a late event joins the runs that it connects.
-- grain: student_id, run_start
-- scope: student
-- columns:
--   student_id: the student
--   run_start: first day of the run
--   run_end: last day of the run
--   day_count (days): its length
select
    student_id,
    run_start,
    max(local_date) as run_end,
    max(streak_day) as day_count
from gamification.streak_days
group by student_id, run_start
