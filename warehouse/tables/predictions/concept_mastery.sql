-- One row per student and concept that they have begun or could begin: how likely their next try succeeds.
-- As it stood a day after the student's latest learning event; nothing where no model of mastery has been accepted.
-- grain: student_id, concept_id
-- scope: student
-- columns:
--   student_id: the student
--   concept_id: the concept
--   probability: P(the next try is right), 0 to 1
--   lower: where the model's interval for it begins
--   upper: where the interval ends
--   evidence_count: tries of the student that it rests on
--   enough_evidence: false where the evidence is less than the model's minimum: then it is a guess from others
--   mastered_in_14_days: P(a mastered event within 14 days of predicted_on), null where mastered or not begun
--   predicted_on: the student's day from which these hold: the one after their latest with learning
--   model_id: the model that said so
with last_days as (
    select student_id, last_active_date + 1 as predicted_on
    from progress.students
    where last_active_date is not null
)

select
    p.student_id,
    p.concept_id,
    p.probability,
    p.lower,
    p.upper,
    p.evidence_count,
    p.enough_evidence,
    s.probability as mastered_in_14_days,
    d.predicted_on,
    m.model_id
from source.predicted_mastery as p
inner join last_days as d on p.student_id = d.student_id
inner join source.models as m on m.model = 'mastery'
left join source.predicted_soon as s
    on p.student_id = s.student_id and p.concept_id = s.concept_id
