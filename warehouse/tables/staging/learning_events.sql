-- One row per learning event that had happened by the as-of instant.
-- grain: event_id
-- scope: student
-- stored: no
-- columns:
--   event_id: the event
--   student_id: who learned
--   concept_id: what was learned
--   event_type: started, attempted, completed or mastered
--   occurrences: how many events the row stands for
--   score_sum: exact sum of the scores the row stands for (16 decimals, so that order never matters)
--   score_count: how many of them had a score
--   score_max: the highest score, null without one
--   time_spent (seconds): time spent
--   occurred_at: the instant
--   time_zone: the student's zone at that time
--   local_date: the day in that zone
--   local_hour (hour of the day): 0 to 23 in that zone
--   received_at: when we learned of it
--   place: the row's number among the student's by (occurred_at, event_id), which is the order of every "first"
select
    e.event_id,
    e.student_id,
    e.concept_id,
    e.event_type,
    1 as occurrences,
    cast(coalesce(e.score, 0) as decimal(18, 16)) as score_sum,
    case when e.score is null then 0 else 1 end as score_count,
    e.score as score_max,
    e.time_spent,
    e.occurred_at,
    e.time_zone,
    e.local_date,
    e.local_hour,
    e.received_at,
    row_number() over (partition by e.student_id order by e.occurred_at, e.event_id) as place
from source.events as e
cross join source.clock as k
where
    e.occurred_at <= k.as_of
    and e.event_type in ('started', 'attempted', 'completed', 'mastered')
