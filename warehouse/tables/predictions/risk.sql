-- One row per student active in the last 28 days and thing that may happen: how likely, and why. For educators only.
-- grain: student_id, outcome
-- scope: student
-- refresh: all
-- columns:
--   student_id: the student
--   outcome: inactive (no learning for the next 14 days), misses_goal_this_week or misses_goal_next_week
--   probability: how likely, 0 to 1
--   threshold: from where on a student is flagged; 1 where no line would be right often enough
--   is_flagged: whether this one is
--   reasons: what moves the probability most, in sentences
--   predicted_on: the morning in UTC on which this was foreseen, from the days before
--   model_id: the model that said so
select
    p.student_id,
    p.outcome,
    p.probability,
    p.threshold,
    p.is_flagged,
    p.reasons,
    cast(timezone('UTC', k.as_of) as date) as predicted_on,
    m.model_id
from source.predicted_risk as p
inner join source.models as m on m.model = 'risk'
cross join source.clock as k
