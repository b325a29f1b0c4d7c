-- One concept of one student.
select
    concept_id,
    status,
    attempts,
    best_score,
    average_score,
    total_time_spent,
    started_at,
    completed_at,
    mastery_date,
    last_accessed
from progress.concept_progress
where student_id = $student_id and concept_id = $concept_id
