-- One student's figures over all concepts, repeated beside each of their concepts by id.
-- One question, since planning the tables behind it is most of a live answer.
select
    m.concepts_started,
    m.concepts_completed,
    m.concepts_mastered,
    m.total_time_spent as student_time_spent,
    m.average_score as student_average_score,
    m.learning_velocity,
    m.active_days,
    c.concept_id,
    c.status,
    c.attempts,
    c.best_score,
    c.average_score,
    c.total_time_spent,
    c.started_at,
    c.completed_at,
    c.mastery_date,
    c.last_accessed
from analytics.student_metrics as m
left join progress.concept_progress as c
    on m.student_id = c.student_id and c.student_id = $student_id
where m.student_id = $student_id
order by c.concept_id
