-- A page of one student's ledger, newest first.
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
where student_id = $student_id
order by occurred_at desc, event_id desc, reason, badge_id, subject_id
limit $limit offset $offset
