-- The figures of neighbouring students over all concepts, repeated beside each concept by id.
-- One question, since planning the tables behind it is most of a live answer; in no order, since
-- sorting a page of students costs as much as reading it.
select
    m.student_id,
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
    on m.student_id = c.student_id and c.student_id between $first_student and $last_student
where m.student_id between $first_student and $last_student
