-- All concepts that can be learned, by subject and id.
select concept_id, name, subject_id, prerequisites
from source.curriculum
order by subject_id, concept_id
