-- The badges that one student has earned, oldest first.
select badge_id, subject_id, earned_at, event_id
from gamification.badges
where student_id = $student_id
order by earned_at, badge_id, subject_id
