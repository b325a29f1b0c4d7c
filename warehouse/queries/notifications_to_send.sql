-- A page of the notifications that are young enough to be sent, by id.
select
    notification_id,
    recipient_id,
    recipient_role,
    kind,
    occurred_at,
    student_id,
    badge_id,
    subject_id,
    week_start,
    local_date,
    number
from notifications.notifications
where occurred_at > $since and not is_late and notification_id > $after
order by notification_id
limit $limit
