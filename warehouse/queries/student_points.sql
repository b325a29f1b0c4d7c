-- Total and level of one student.
select total_points, level, level_name, points_to_next_level
from gamification.student_points
where student_id = $student_id
