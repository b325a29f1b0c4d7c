-- One row per event that is no learning event (help given, points awarded) and had happened by the as-of instant.
-- grain: event_id
-- scope: student
-- stored: no
-- columns:
--   event_id: the event
--   student_id: who helped, or who got the points
--   event_type: helped or points_awarded
--   points (points): points awarded, null for help
--   reason: why points were awarded
--   actor: who sent the event
--   occurred_at: the instant
--   time_zone: the student's zone at that time
--   local_date: the day in that zone
--   received_at: when we learned of it
select
    e.event_id,
    e.student_id,
    e.event_type,
    e.points,
    e.reason,
    e.actor,
    e.occurred_at,
    e.time_zone,
    e.local_date,
    e.received_at
from source.events as e
cross join source.clock as k
where
    e.occurred_at <= k.as_of
    and e.event_type in ('helped', 'points_awarded')
