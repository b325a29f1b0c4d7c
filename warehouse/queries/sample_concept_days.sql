-- All days that the students at hand spent on concepts, to learn from.
select
    student_id,
    concept_id,
    local_date,
    event_count,
    total_time_spent,
    score_count,
    score_sum,
    completed,
    mastered
from predictions.concept_days
