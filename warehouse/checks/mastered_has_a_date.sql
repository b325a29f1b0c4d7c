-- A concept is mastered exactly when it has a mastery date, and completed or mastered when it has either.
select student_id, concept_id, status, completed_at, mastery_date
from progress.concept_progress
where
    (status = 'mastered') != (mastery_date is not null)
    or (status = 'in_progress') != (mastery_date is null and completed_at is null)
