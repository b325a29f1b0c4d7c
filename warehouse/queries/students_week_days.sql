-- The streaks of these students and their learning this week, for a roster.
select
    student_id,
    today,
    current_streak,
    last_activity_date,
    round(this_week.total_time_spent / 60, 1) as week_minutes,
    cast(this_week.active_days as bigint) as week_active_days
from analytics.week_summaries
where student_id in (select unnest($student_ids))
