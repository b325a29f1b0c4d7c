-- One row per award of points; every total is the sum of these rows and nothing else (semantics 3).
-- grain: student_id, reason, badge_id, subject_id, event_id
-- scope: student
-- columns:
--   student_id: the student
--   points (points): may be negative for reason award
--   reason: concept_started, concept_completed, concept_mastered, perfect_score, daily_streak, weekly_goal, badge or award
--   concept_id: the concept, for the first four reasons
--   subject_id: its subject, or the subject of a badge earned per subject
--   week_start: Monday of the week, for weekly_goal and for badges of week_completion
--   badge_id: the badge, for reason badge
--   note: the reason given by the awarder, for reason award
--   actor: who awarded, for reason award
--   occurred_at: the instant of the award
--   local_date: the student's day of the award
--   event_id: the event that earned it
select
    m.student_id,
    r.points,
    r.reason,
    m.concept_id,
    m.subject_id,
    cast(null as date) as week_start,
    cast(null as varchar) as badge_id,
    cast(null as varchar) as note,
    cast(null as varchar) as actor,
    m.occurred_at,
    m.local_date,
    m.event_id
from progress.concept_milestones as m
inner join source.milestone_metrics as x on m.milestone = x.milestone
inner join source.point_rules as r on x.reason = r.reason
where r.points != 0
union all
select
    d.student_id,
    r.points,
    r.reason,
    null as concept_id,
    null as subject_id,
    null as week_start,
    null as badge_id,
    null as note,
    null as actor,
    d.occurred_at,
    d.local_date,
    d.event_id
from progress.active_days as d
inner join source.point_rules as r on r.reason = 'daily_streak'
where r.points != 0
union all
select
    g.student_id,
    r.points,
    r.reason,
    null as concept_id,
    null as subject_id,
    g.week_start,
    null as badge_id,
    null as note,
    null as actor,
    g.met_at as occurred_at,
    g.met_date as local_date,
    g.event_id
from gamification.weekly_goals as g
inner join source.point_rules as r on r.reason = 'weekly_goal'
where g.met_at is not null and r.points != 0
union all
select
    b.student_id,
    r.points_value as points,
    'badge' as reason,
    null as concept_id,
    b.subject_id,
    case when r.metric = 'week_completion' then cast(b.local_date - 7 as date) end as week_start,
    b.badge_id,
    null as note,
    null as actor,
    b.earned_at as occurred_at,
    b.local_date,
    b.event_id
from gamification.badges as b
inner join source.badge_rules as r on b.badge_id = r.badge_id
where r.points_value != 0
union all
select
    student_id,
    points,
    'award' as reason,
    null as concept_id,
    null as subject_id,
    null as week_start,
    null as badge_id,
    reason as note,
    actor,
    occurred_at,
    local_date,
    event_id
from staging.other_events
where event_type = 'points_awarded'
