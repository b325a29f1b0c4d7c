-- A page of the notifications that are young enough to be sent, by id; a week's summary with its figures.
with young as (
    select
        notification_id,
        recipient_id,
        recipient_role,
        kind,
        occurred_at,
        student_id,
        class_id,
        badge_id,
        subject_id,
        concept_id,
        rule,
        week_start,
        local_date,
        number,
        need
    from notifications.notifications
    where occurred_at > $since and not is_late and notification_id > $after
    order by notification_id
    limit $limit
),

summaries as (
    select student_id, week_start
    from young
    where kind = 'weekly_summary'
    group by student_id, week_start
),

figures as (
    select
        s.student_id,
        s.week_start,
        coalesce(w.started, 0) as started,
        coalesce(w.completed, 0) as completed,
        coalesce(w.mastered, 0) as mastered,
        coalesce(w.total_time_spent, 0) as total_time_spent,
        coalesce(w.points, 0) as points,
        g.met_at is not null as goal_met
    from summaries as s
    left join analytics.weekly_progress as w
        on s.student_id = w.student_id and s.week_start = w.week_start
    left join gamification.weekly_goals as g
        on s.student_id = g.student_id and s.week_start = g.week_start
)

select
    y.*,
    f.started,
    f.completed,
    f.mastered,
    f.total_time_spent,
    f.points,
    f.goal_met
from young as y
left join figures as f
    on y.kind = 'weekly_summary' and y.student_id = f.student_id and y.week_start = f.week_start
order by y.notification_id
