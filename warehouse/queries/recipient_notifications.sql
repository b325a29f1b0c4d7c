-- What somebody is told of others at fixed times, as published: weekly summaries with their figures, and who needs attention.
with told as (
    select
        notification_id,
        recipient_role,
        kind,
        student_id,
        class_id,
        concept_id,
        rule,
        week_start,
        local_date,
        number,
        need,
        occurred_at,
        is_late
    from notifications.notifications
    where recipient_id = $recipient_id and kind in ('weekly_summary', 'needs_attention')
)

select
    t.*,
    coalesce(w.started, 0) as started,
    coalesce(w.completed, 0) as completed,
    coalesce(w.mastered, 0) as mastered,
    coalesce(w.total_time_spent, 0) as total_time_spent,
    coalesce(w.points, 0) as points,
    g.met_at is not null as goal_met
from told as t
left join analytics.weekly_progress as w
    on t.student_id = w.student_id and t.week_start = w.week_start
left join gamification.weekly_goals as g
    on t.student_id = g.student_id and t.week_start = g.week_start
