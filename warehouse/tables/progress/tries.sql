-- One row per learning event with a score: a try, as the models of mastery read it.
-- grain: event_id
-- scope: student
-- stored: no
-- columns:
--   event_id: the event
--   student_id: who tried
--   concept_id: at what
--   item_id: the question within the concept, null where the sender named none
--   place: the try's number among the student's, by (occurred_at, event_id)
--   started_at: when the try began: its event less the time spent on it
--   time_spent (seconds): time spent
--   score: what came out, 0 to 1
select
    e.event_id,
    e.student_id,
    e.concept_id,
    e.item_id,
    row_number() over (partition by e.student_id order by e.occurred_at, e.event_id) as place,
    e.occurred_at - to_seconds(e.time_spent) as started_at,
    e.time_spent,
    e.score
from source.events as e
cross join source.clock as k
where
    e.occurred_at <= k.as_of
    and e.score is not null
    and e.event_type in ('started', 'attempted', 'completed', 'mastered')
