-- The ids of the notifications that are young enough to be sent.
select notification_id
from notifications.notifications
where occurred_at > $since and not is_late
