-- What a guardian is told of a child's achievements, with the ids of notifications.notifications.
select
    md5(concat_ws(chr(31), $recipient_id, notification_id)) as notification_id,
    student_id,
    kind,
    badge_id,
    subject_id,
    week_start,
    local_date,
    number,
    occurred_at,
    is_late,
    'parent' as recipient_role
from notifications.student_notifications
where
    student_id = $student_id
    and kind in ('badge_earned', 'subject_mastered', 'weekly_goal_met', 'level_reached')
