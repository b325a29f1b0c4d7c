-- The subjects of one student: time, events and their shares, scores, and which are strong or weak.
select
    subject_id,
    event_count,
    time_spent,
    event_share,
    time_share,
    scored_count,
    average_score,
    strength_rank,
    improvement_rank
from analytics.subject_scores
where student_id = $student_id
order by subject_id
