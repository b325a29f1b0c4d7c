-- The events that counted towards one badge of one student, in the window in which it was earned (all windows while it is not).
with earned as (
    select i.window_key
    from gamification.badges as b
    inner join gamification.badge_items as i
        on b.student_id = i.student_id and b.badge_id = i.badge_id and b.event_id = i.event_id
    where b.student_id = $student_id and b.badge_id = $badge_id
),

counted as (
    select event_id, local_date, window_key
    from gamification.badge_items
    where
        student_id = $student_id
        and badge_id = $badge_id
        and (
            window_key in (select window_key from earned)
            or not exists (select 1 as found from earned)
        )
    union all
    select m.event_id, m.local_date, cast(w.week_start as varchar) as window_key
    from gamification.perfect_weeks as w
    inner join source.badge_rules as r on r.metric = 'week_completion' and r.badge_id = $badge_id
    inner join progress.concept_milestones as s
        on
            w.student_id = s.student_id
            and s.milestone = 'started'
            and w.week_start <= s.local_date
            and s.local_date < w.week_start + 7
    inner join progress.concept_milestones as m
        on
            s.student_id = m.student_id
            and s.concept_id = m.concept_id
            and m.milestone in ('started', 'achieved')
    where w.student_id = $student_id and w.started >= r.threshold
)

select
    c.window_key,
    e.event_id,
    e.event_type,
    e.concept_id,
    e.item_id,
    e.score,
    e.time_spent,
    e.occurred_at,
    c.local_date
from counted as c
inner join source.events as e on c.event_id = e.event_id
order by e.occurred_at, e.event_id
