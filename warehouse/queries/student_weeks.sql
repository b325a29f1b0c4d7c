-- The weeks of one student.
select week_start, started, completed, mastered, total_time_spent, average_score, points
from analytics.weekly_progress
where student_id = $student_id
order by week_start
