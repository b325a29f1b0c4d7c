-- The events behind one student's points: each ledger row with the event that earned it, oldest first.
select
    l.points,
    l.reason,
    l.badge_id,
    l.event_id,
    e.event_type,
    e.concept_id,
    e.item_id,
    e.score,
    e.time_spent,
    l.occurred_at,
    l.local_date
from gamification.point_ledger as l
left join source.events as e on l.event_id = e.event_id and l.student_id = e.student_id
where l.student_id = $student_id
order by l.occurred_at, l.event_id, l.reason, l.badge_id, l.subject_id
