-- Every learning event of one student in one concept, oldest first.
select
    e.event_id,
    e.event_type,
    e.concept_id,
    e.item_id,
    e.score,
    e.time_spent,
    e.occurred_at,
    e.local_date
from source.events as e
cross join source.clock as k
where
    e.student_id = $student_id
    and e.concept_id = $concept_id
    and e.occurred_at <= k.as_of
    and e.event_type in ('started', 'attempted', 'completed', 'mastered')
order by e.occurred_at, e.event_id
