-- When one student learns: 24 hours and 7 weekdays.
select period, number, event_count, total_time_spent, score_count, average_score
from analytics.time_patterns
where student_id = $student_id
order by period, number
