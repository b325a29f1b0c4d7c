-- One row per guardian, child and ISO week to sum up: of the eight last weeks those in which the child learned, or did in the week before. Of a longer silence the first week is told.
-- A guardian counts who is in notifications.families.
-- grain: guardian_id, student_id, week_start
-- scope: student
-- refresh: all
-- columns:
--   guardian_id: who is told
--   student_id: the child
--   week_start: Monday of the week
--   occurred_at: the end of the week: Monday 00:00 in the child's zone
with children as (
    select
        f.guardian_id,
        f.student_id,
        t.time_zone,
        k.as_of
    from notifications.families as f
    inner join progress.todays as t on f.student_id = t.student_id
    cross join source.clock as k
),

recent as (
    select w.student_id, w.week_start
    from gamification.weekly_goals as w
    cross join source.clock as k
    where
        w.week_start > cast(timezone('UTC', k.as_of) as date) - 72
        and w.student_id in (select student_id from children)
),

weeks as (
    select student_id, week_start from recent
    union
    select student_id, cast(week_start + 7 as date) as week_start from recent
),

summaries as (
    select
        c.guardian_id,
        c.student_id,
        w.week_start,
        timezone(c.time_zone, cast(w.week_start + 7 as timestamp)) as occurred_at,
        c.as_of
    from children as c
    inner join weeks as w on c.student_id = w.student_id
)

select guardian_id, student_id, week_start, occurred_at
from summaries
where occurred_at <= as_of and occurred_at > as_of - interval 56 days
