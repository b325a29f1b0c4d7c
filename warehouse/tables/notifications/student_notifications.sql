-- One row per student and thing that they are told about their own learning.
-- Each natural key is told once, whatever is rebuilt, arrives late or is corrected: a badge (and subject), a subject, a week's goal, a level, a streak's length.
-- A run of days has no name that late events leave alone (they lengthen it at its beginning, or join two), so a length is told the first time that any run reaches it.
-- Levels follow the ledger's running total; a jump over several tells the highest, and a correction takes nothing back and lets nothing be told again.
-- A badge for all concepts of a subject is the same news as the subject mastered, and is told with it.
-- grain: notification_id
-- scope: student
-- columns:
--   notification_id: md5 of kind, student and natural key
--   student_id: the student, who is told
--   kind: badge_earned, subject_mastered, weekly_goal_met, level_reached or streak_milestone
--   badge_id: the badge; with subject_mastered the badge earned by it, where the rules have one
--   subject_id: the subject mastered, or that of a badge earned per subject
--   week_start: Monday of the week whose goal was met
--   local_date: the student's day of occurred_at
--   number: the level reached, or the days of the streak
--   occurred_at: when it happened
--   is_late: the event behind it was received more than 48 hours after that: shown, not sent
with subject_badges as (
    select min(badge_id) as badge_id
    from source.badge_rules
    where metric = 'concepts_mastered' and window_kind = 'subject' and threshold is null
),

badges as (
    select b.student_id, b.badge_id, b.subject_id, b.earned_at, b.event_id, b.local_date
    from gamification.badges as b
    inner join source.badge_rules as r on b.badge_id = r.badge_id
    where r.metric != 'concepts_mastered' or r.window_kind != 'subject' or r.threshold is not null
),

streaks as (
    select
        d.student_id,
        d.streak_day,
        min(struct_pack(at := d.occurred_at, id := d.event_id, day := d.local_date)) as met
    from gamification.streak_days as d
    inner join source.streak_milestones as m on d.streak_day = m.day_count
    group by d.student_id, d.streak_day
),

news as (
    select
        student_id,
        'badge_earned' as kind,
        concat_ws(chr(31), badge_id, subject_id) as natural_key,
        badge_id,
        subject_id,
        cast(null as date) as week_start,
        local_date,
        cast(null as bigint) as number,
        earned_at as occurred_at,
        event_id
    from badges
    union all
    select
        s.student_id,
        'subject_mastered' as kind,
        s.subject_id as natural_key,
        b.badge_id,
        s.subject_id,
        null as week_start,
        s.local_date,
        null as number,
        s.occurred_at,
        s.event_id
    from gamification.subjects_mastered as s
    cross join subject_badges as b
    union all
    select
        student_id,
        'weekly_goal_met' as kind,
        cast(week_start as varchar) as natural_key,
        null as badge_id,
        null as subject_id,
        week_start,
        met_date as local_date,
        null as number,
        met_at as occurred_at,
        event_id
    from gamification.weekly_goals
    where met_at is not null
    union all
    select
        student_id,
        'level_reached' as kind,
        cast(level as varchar) as natural_key,
        null as badge_id,
        null as subject_id,
        null as week_start,
        local_date,
        level as number,
        occurred_at,
        event_id
    from gamification.level_ups
    union all
    select
        student_id,
        'streak_milestone' as kind,
        cast(streak_day as varchar) as natural_key,
        null as badge_id,
        null as subject_id,
        null as week_start,
        met.day as local_date,
        streak_day as number,
        met.at as occurred_at,
        met.id as event_id
    from streaks
),

late_events as (
    select event_id, received_at
    from staging.learning_events
    where epoch_us(received_at) - epoch_us(occurred_at) > 86400000000
    union all
    select event_id, received_at
    from staging.other_events
    where epoch_us(received_at) - epoch_us(occurred_at) > 86400000000
)

select
    md5(concat_ws(chr(31), n.kind, n.student_id, n.natural_key)) as notification_id,
    n.student_id,
    n.kind,
    n.badge_id,
    n.subject_id,
    n.week_start,
    n.local_date,
    n.number,
    n.occurred_at,
    coalesce(
        epoch_us(e.received_at) - epoch_us(n.occurred_at) > 2 * 86400000000, false
    ) as is_late
from news as n
left join late_events as e on n.event_id = e.event_id
