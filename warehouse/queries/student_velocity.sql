-- How many concepts one student masters a week, week by week up to the present one.
select week_start, mastered, learning_velocity
from analytics.velocity_trend
where student_id = $student_id
order by week_start
