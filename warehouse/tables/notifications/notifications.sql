-- One row per person and thing that they are told, of their own learning or of somebody whom they guard.
-- Guardians are told what consent and validity allow at the as-of instant; the same news has an id of its own for each who is told.
-- Achievements stay in the list for good. A week is summed up each Monday for eight weeks after it, when the child learned in it or in the week before: of a longer silence the first week is told.
-- grain: notification_id
-- scope: cohort
-- columns:
--   notification_id: md5 of kind, recipient and natural key (guardians: of recipient and the student's id of the same news)
--   recipient_id: who is told
--   recipient_role: student or parent: as what
--   kind: badge_earned, subject_mastered, weekly_goal_met, level_reached, streak_milestone, streak_at_risk or weekly_summary
--   student_id: whose learning it is about
--   badge_id: the badge
--   subject_id: the subject
--   week_start: Monday of the week
--   local_date: the student's day of occurred_at
--   number: the level reached, or the days of the streak
--   occurred_at: when what it tells happened; weekly_summary: the end of the week in the student's zone
--   is_late: what happened became known more than 48 hours later: shown, not sent
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
),

families as (
    select g.guardian_id, g.student_id
    from source.guardians as g
    cross join source.clock as k
    where
        g.consent
        and (g.valid_from is null or g.valid_from <= k.as_of)
        and (g.valid_until is null or g.valid_until > k.as_of)
),

children as (
    select
        s.student_id,
        coalesce(p.time_zone, s.time_zone, k.default_time_zone) as time_zone,
        k.as_of
    from progress.students as s
    cross join source.clock as k
    left join source.students as p on s.student_id = p.student_id
    where s.student_id in (select student_id from families)
),

weeks as (
    select student_id, week_start from gamification.weekly_goals
    union
    select student_id, cast(week_start + 7 as date) as week_start from gamification.weekly_goals
),

summaries as (
    select
        c.student_id,
        w.week_start,
        c.as_of,
        timezone(c.time_zone, cast(w.week_start + 7 as timestamp)) as occurred_at
    from children as c
    inner join weeks as w on c.student_id = w.student_id
    where w.week_start > cast(timezone('UTC', c.as_of) as date) - 64
)

select
    notification_id,
    student_id as recipient_id,
    'student' as recipient_role,
    kind,
    student_id,
    badge_id,
    subject_id,
    week_start,
    local_date,
    number,
    occurred_at,
    is_late
from own
union all
select
    md5(concat_ws(chr(31), f.guardian_id, o.notification_id)) as notification_id,
    f.guardian_id as recipient_id,
    'parent' as recipient_role,
    o.kind,
    o.student_id,
    o.badge_id,
    o.subject_id,
    o.week_start,
    o.local_date,
    o.number,
    o.occurred_at,
    o.is_late
from own as o
inner join families as f on o.student_id = f.student_id
where o.kind in ('badge_earned', 'subject_mastered', 'weekly_goal_met', 'level_reached')
union all
select
    md5(
        concat_ws(
            chr(31), 'weekly_summary', f.guardian_id, f.student_id, cast(s.week_start as varchar)
        )
    ) as notification_id,
    f.guardian_id as recipient_id,
    'parent' as recipient_role,
    'weekly_summary' as kind,
    f.student_id,
    null as badge_id,
    null as subject_id,
    s.week_start,
    cast(s.week_start + 7 as date) as local_date,
    null as number,
    s.occurred_at,
    false as is_late
from families as f
inner join summaries as s on f.student_id = s.student_id
where s.occurred_at <= s.as_of and s.occurred_at > s.as_of - interval 56 days
