-- The streaks of these students, their today, and the weeks that a summary compares.
select
    student_id,
    today,
    current_streak,
    longest_streak,
    last_activity_date,
    this_week,
    last_week,
    week_before,
    usual
from analytics.week_summaries
where student_id in (select unnest($student_ids))
