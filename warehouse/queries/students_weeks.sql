-- The weeks that a summary of these students compares.
select
    student_id,
    period,
    week_start,
    active_days,
    total_time_spent as seconds,
    round(total_time_spent / 60, 1) as minutes,
    started,
    completed,
    mastered,
    achieved,
    points
from analytics.recent_weeks
where student_id in (select unnest($student_ids))
