-- The rule `predicted` of these students. For educators only.
select student_id, rule, concept_id, have, need, last_event_at
from analytics.at_risk
where student_id in (select unnest($student_ids)) and rule = 'predicted'
order by student_id
