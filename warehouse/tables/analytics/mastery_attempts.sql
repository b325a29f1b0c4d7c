-- One row per student and mastered concept: how many attempts came first.
-- grain: student_id, concept_id
-- scope: student
-- columns:
--   student_id: the student
--   concept_id: the concept
--   attempts: the largest of the four per-type counts of events up to and with the first mastered one (as in semantics 2)
select
    e.student_id,
    e.concept_id,
    cast(
        greatest(
            sum(e.occurrences) filter (where e.event_type = 'started'),
            sum(e.occurrences) filter (where e.event_type = 'attempted'),
            sum(e.occurrences) filter (where e.event_type = 'completed'),
            sum(e.occurrences) filter (where e.event_type = 'mastered')
        ) as bigint
    ) as attempts
from staging.learning_events as e
inner join progress.concept_activity as a
    on
        e.student_id = a.student_id
        and e.concept_id = a.concept_id
        and e.place <= a.first_mastered
group by e.student_id, e.concept_id
