-- One row per student and badge not yet earned: how far the window that is open now has come.
-- grain: student_id, badge_id
-- scope: student
-- stored: no
-- refresh: all
-- columns:
--   student_id: the student
--   badge_id: a badge of the rules; a badge earned per subject stays until every subject is earned
--   subject_id: the unfinished subject with the largest share done (ties by id), for badges of the subject window
--   have (items): counted so far: today, this ISO week, the streak as it stands, or ever
--   need (items): the threshold; week_completion: concepts started this week, at least the threshold
with today as (
    select
        s.student_id,
        cast(
            timezone(coalesce(p.time_zone, s.time_zone, k.default_time_zone), k.as_of) as date
        ) as today
    from progress.students as s
    cross join source.clock as k
    left join source.students as p on s.student_id = p.student_id
),

open_windows as (
    select
        t.student_id,
        b.badge_id,
        b.metric,
        b.window_kind,
        b.threshold,
        case b.window_kind
            when 'day' then cast(t.today as varchar)
            when 'week' then cast(cast(date_trunc('week', t.today) as date) as varchar)
            else ''
        end as window_key,
        cast(date_trunc('week', t.today) as date) as week_start
    from today as t
    cross join source.badge_rules as b
),

plain as (
    select
        o.student_id,
        o.badge_id,
        cast(null as varchar) as subject_id,
        count(i.event_id) as have,
        o.threshold as need
    from open_windows as o
    left join gamification.badge_items as i
        on o.student_id = i.student_id and o.badge_id = i.badge_id and o.window_key = i.window_key
    where o.window_kind in ('all', 'day', 'week') and o.metric != 'week_completion'
    group by o.student_id, o.badge_id, o.threshold
),

streak as (
    select
        o.student_id,
        o.badge_id,
        cast(null as varchar) as subject_id,
        coalesce(s.current_streak, 0) as have,
        o.threshold as need
    from open_windows as o
    left join gamification.streaks as s on o.student_id = s.student_id
    where o.window_kind = 'streak'
),

week as (
    select
        o.student_id,
        o.badge_id,
        cast(null as varchar) as subject_id,
        count(a.event_id) as have,
        greatest(o.threshold, count(m.event_id)) as need
    from open_windows as o
    left join progress.concept_milestones as m
        on
            o.student_id = m.student_id
            and m.milestone = 'started'
            and date_trunc('week', m.local_date) = o.week_start
    left join progress.concept_milestones as a
        on
            m.student_id = a.student_id
            and m.concept_id = a.concept_id
            and a.milestone = 'achieved'
            and a.local_date < o.week_start + 7
    where o.metric = 'week_completion'
    group by o.student_id, o.badge_id, o.threshold
),

sizes as (
    select subject_id, count(*) as size
    from source.curriculum
    group by subject_id
),

subjects as (
    select
        o.student_id,
        o.badge_id,
        z.subject_id,
        count(i.event_id) as have,
        coalesce(o.threshold, z.size) as need
    from open_windows as o
    cross join sizes as z
    left join gamification.badge_items as i
        on
            o.student_id = i.student_id
            and o.badge_id = i.badge_id
            and z.subject_id = i.subject_id
    -- a subject with fewer concepts than the threshold is no way towards the badge
    where o.window_kind = 'subject' and z.size >= coalesce(o.threshold, z.size)
    group by o.student_id, o.badge_id, z.subject_id, o.threshold, z.size
    having count(i.event_id) < coalesce(o.threshold, z.size)
),

best_subject as (
    select student_id, badge_id, subject_id, have, need
    from subjects
    qualify
        row_number() over (
            partition by student_id, badge_id order by have / need desc, subject_id
        ) = 1
),

every_badge as (
    select student_id, badge_id, subject_id, have, need from plain
    union all
    select student_id, badge_id, subject_id, have, need from streak
    union all
    select student_id, badge_id, subject_id, have, need from week
    union all
    select student_id, badge_id, subject_id, have, need from best_subject
)

select
    e.student_id,
    e.badge_id,
    e.subject_id,
    cast(e.have as bigint) as have,
    cast(e.need as bigint) as need
from every_badge as e
left join gamification.badges as b
    on e.student_id = b.student_id and e.badge_id = b.badge_id and e.subject_id is null
where b.badge_id is null
