-- The badges that these students have.
select student_id, badge_id, subject_id
from gamification.badges
where student_id in (select unnest($student_ids))
