-- One student's figures of the whole time.
select
    concepts_started,
    concepts_completed,
    concepts_mastered,
    total_time_spent,
    average_score,
    learning_velocity,
    active_days,
    first_active_date,
    last_active_date
from analytics.student_metrics
where student_id = $student_id
