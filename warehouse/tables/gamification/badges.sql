-- One row per student and badge earned (per subject for badges of the subject window), with the event that earned it (semantics 5).
-- grain: student_id, badge_id, subject_id
-- scope: student
-- columns:
--   student_id: the student
--   badge_id: the badge, as in the rules
--   subject_id: the subject, for badges earned per subject, else null
--   earned_at: when
--   event_id: the event that earned it
--   local_date: the student's day of that event; for week_completion the Monday after the week
with needs as (
    select badge_id, cast(null as varchar) as subject_id, threshold as need
    from source.badge_rules
    where threshold is not null
    union all
    select b.badge_id, c.subject_id, count(*) as need
    from source.badge_rules as b
    inner join source.curriculum as c on b.threshold is null
    group by b.badge_id, c.subject_id
),

reached as (
    select i.student_id, i.badge_id, i.window_key, min(n.need) as need
    from gamification.badge_items as i
    inner join needs as n
        on i.badge_id = n.badge_id and (n.subject_id is null or i.subject_id = n.subject_id)
    group by i.student_id, i.badge_id, i.window_key
    having count(*) >= min(n.need)
),

counted as (
    select
        i.student_id,
        i.badge_id,
        i.subject_id,
        i.occurred_at,
        i.event_id,
        i.local_date,
        r.need,
        row_number() over (
            partition by i.student_id, i.badge_id, i.window_key
            order by
                case when b.window_kind = 'streak' then i.local_date end, i.occurred_at, i.event_id
        ) as have
    from gamification.badge_items as i
    inner join source.badge_rules as b on i.badge_id = b.badge_id
    inner join reached as r
        on
            i.student_id = r.student_id
            and i.badge_id = r.badge_id
            and i.window_key = r.window_key
),

candidates as (
    select student_id, badge_id, subject_id, occurred_at, event_id, local_date
    from counted
    where have = need
    union all
    select
        w.student_id,
        b.badge_id,
        null as subject_id,
        w.occurred_at,
        w.event_id,
        cast(w.week_start + 7 as date) as local_date
    from gamification.perfect_weeks as w
    inner join source.badge_rules as b on b.metric = 'week_completion' and w.started >= b.threshold
)

select
    student_id,
    badge_id,
    subject_id,
    occurred_at as earned_at,
    event_id,
    local_date
from candidates
qualify
    row_number() over (
        partition by student_id, badge_id, subject_id order by occurred_at, event_id
    ) = 1
