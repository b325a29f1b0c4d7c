-- A page of one student's ledger, newest first, from the event at $before_at and $before_event on.
select
    points,
    reason,
    concept_id,
    subject_id,
    week_start,
    badge_id,
    note,
    actor,
    occurred_at,
    local_date,
    event_id
from gamification.point_ledger
where
    student_id = $student_id
    and (
        occurred_at < cast($before_at as timestamptz)
        or (occurred_at = cast($before_at as timestamptz) and event_id <= $before_event)
    )
order by occurred_at desc, event_id desc, reason, badge_id, subject_id
limit $limit offset $offset
