-- One row per kind and role: how many notifications there are to read.
-- grain: kind, recipient_role
-- scope: cohort
-- columns:
--   kind: kind of notification
--   recipient_role: who is told: student, parent or educator
--   created_count: notifications in the list
--   late_count: of them, those that became known more than 48 hours after what they tell
select
    kind,
    recipient_role,
    count(*) as created_count,
    count(*) filter (where is_late) as late_count
from notifications.notifications
group by kind, recipient_role
