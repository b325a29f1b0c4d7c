-- The streak of one student.
select current_streak, longest_streak, last_activity_date, alive_until, today
from gamification.streaks
where student_id = $student_id
