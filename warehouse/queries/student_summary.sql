-- The figures of one student over all concepts.
select
    concepts_started,
    concepts_completed,
    concepts_mastered,
    total_time_spent,
    average_score,
    learning_velocity,
    active_days
from analytics.student_metrics
where student_id = $student_id
