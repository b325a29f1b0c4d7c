-- One row per student, badge and event that counts towards it, in the window where it counts.
-- grain: student_id, badge_id, window_key, event_id, local_date, concept_id
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   badge_id: a badge of the rules that counts single items (all metrics but week_completion)
--   window_key: the day, week, subject or first day of the run in which the item counts; empty for all time
--   subject_id: the subject, for badges earned per subject
--   concept_id: the concept, where the item is one
--   occurred_at: when
--   event_id: the event
--   local_date: the student's day
with day_metrics as (
    select distinct metric
    from source.badge_rules
    where metric in ('active_days', 'streak_days')
),

explored as (
    select
        student_id,
        subject_id,
        arg_min(
            struct_pack(at := occurred_at, id := event_id, day := local_date), place
        ) as first_event
    from progress.concept_milestones
    where milestone = 'tried' and subject_id is not null
    group by student_id, subject_id
),

items as (
    select
        m.student_id,
        r.metric,
        m.subject_id,
        m.concept_id,
        m.occurred_at,
        m.event_id,
        m.local_date,
        cast(null as date) as run_start
    from progress.concept_milestones as m
    inner join source.milestone_metrics as r on m.milestone = r.milestone
    union all
    select
        student_id,
        'subjects_explored' as metric,
        subject_id,
        null as concept_id,
        first_event.at as occurred_at,
        first_event.id as event_id,
        first_event.day as local_date,
        cast(null as date) as run_start
    from explored
    union all
    select
        d.student_id,
        r.metric,
        null as subject_id,
        null as concept_id,
        d.occurred_at,
        d.event_id,
        d.local_date,
        d.run_start
    from gamification.streak_days as d
    cross join day_metrics as r
    union all
    select
        student_id,
        'helped' as metric,
        null as subject_id,
        null as concept_id,
        occurred_at,
        event_id,
        local_date,
        cast(null as date) as run_start
    from staging.other_events
    where event_type = 'helped'
    union all
    select
        student_id,
        'weekly_goals_met' as metric,
        null as subject_id,
        null as concept_id,
        met_at as occurred_at,
        event_id,
        met_date as local_date,
        cast(null as date) as run_start
    from gamification.weekly_goals
    where met_at is not null
)

select
    i.student_id,
    b.badge_id,
    case b.window_kind
        when 'day' then cast(i.local_date as varchar)
        when 'week' then cast(cast(date_trunc('week', i.local_date) as date) as varchar)
        when 'subject' then i.subject_id
        when 'streak' then cast(i.run_start as varchar)
        else ''
    end as window_key,
    case when b.window_kind = 'subject' then i.subject_id end as subject_id,
    i.concept_id,
    i.occurred_at,
    i.event_id,
    i.local_date
from items as i
inner join source.badge_rules as b on i.metric = b.metric
where b.window_kind != 'subject' or i.subject_id is not null
