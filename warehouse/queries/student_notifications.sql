-- What a student is told of their own learning.
with own as (
    select
        notification_id,
        student_id,
        kind,
        badge_id,
        subject_id,
        week_start,
        local_date,
        number,
        occurred_at,
        is_late
    from notifications.student_notifications
    where student_id = $student_id
    union all
    select
        notification_id,
        student_id,
        kind,
        null as badge_id,
        null as subject_id,
        null as week_start,
        local_date,
        number,
        occurred_at,
        false as is_late
    from notifications.streak_reminders
    where student_id = $student_id
)

select *, 'student' as recipient_role
from own
