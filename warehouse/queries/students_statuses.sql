-- Which concepts these students have begun, and how far they are.
select student_id, concept_id, status
from progress.concept_progress
where student_id in (select unnest($student_ids))
order by student_id, concept_id
