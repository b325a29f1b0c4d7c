-- The streaks of these students, with their today.
select student_id, current_streak, longest_streak, last_activity_date, today
from gamification.streaks
where student_id in (select unnest($student_ids))
