-- One row per person and thing that they are told, of their own learning, of a child's or of a student's whom they teach.
-- Guardians are told what consent and validity allow at the as-of instant (notifications.families); the same news has an id of its own for each who is told.
-- Achievements stay in the list for good; what is told at fixed times as long as weekly_summaries, attention and streak_reminders have it.
-- grain: notification_id
-- scope: student
-- refresh: due
-- columns:
--   notification_id: md5 of kind, recipient and natural key (guardians: of recipient and the student's id of the same news)
--   recipient_id: who is told
--   recipient_role: student, parent or educator: as what
--   kind: badge_earned, subject_mastered, weekly_goal_met, level_reached, streak_milestone, streak_at_risk, weekly_summary or needs_attention
--   student_id: whose learning it is about
--   class_id: where the educator teaches the student, for needs_attention
--   badge_id: the badge
--   subject_id: the subject
--   concept_id: the concept, for needs_attention by the rule stuck
--   rule: inactive, stuck or slowing, for needs_attention
--   week_start: Monday of the week
--   local_date: the student's day of occurred_at
--   number: the level reached, the days of the streak, or the figure of the rule (analytics.at_risk: have)
--   need: what the figure of the rule is compared with
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
)

select
    notification_id,
    student_id as recipient_id,
    'student' as recipient_role,
    kind,
    student_id,
    cast(null as varchar) as class_id,
    badge_id,
    subject_id,
    cast(null as varchar) as concept_id,
    cast(null as varchar) as rule,
    week_start,
    local_date,
    number,
    cast(null as bigint) as need,
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
    null as class_id,
    o.badge_id,
    o.subject_id,
    null as concept_id,
    null as rule,
    o.week_start,
    o.local_date,
    o.number,
    null as need,
    o.occurred_at,
    o.is_late
from own as o
inner join notifications.families as f on o.student_id = f.student_id
where o.kind in ('badge_earned', 'subject_mastered', 'weekly_goal_met', 'level_reached')
union all
select
    md5(
        concat_ws(
            chr(31), 'weekly_summary', guardian_id, student_id, cast(week_start as varchar)
        )
    ) as notification_id,
    guardian_id as recipient_id,
    'parent' as recipient_role,
    'weekly_summary' as kind,
    student_id,
    null as class_id,
    null as badge_id,
    null as subject_id,
    null as concept_id,
    null as rule,
    week_start,
    cast(week_start + 7 as date) as local_date,
    null as number,
    null as need,
    occurred_at,
    false as is_late
from notifications.weekly_summaries
union all
select
    notification_id,
    educator_id as recipient_id,
    'educator' as recipient_role,
    'needs_attention' as kind,
    student_id,
    class_id,
    null as badge_id,
    null as subject_id,
    concept_id,
    rule,
    null as week_start,
    local_date,
    number,
    need,
    occurred_at,
    false as is_late
from notifications.attention
