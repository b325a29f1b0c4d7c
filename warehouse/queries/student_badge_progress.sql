-- How far one student is on the way to each badge not yet earned.
select badge_id, subject_id, have, need
from gamification.badge_progress
where student_id = $student_id
order by badge_id
