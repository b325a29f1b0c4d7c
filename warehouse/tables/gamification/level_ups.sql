-- One row per student and level newly reached, by the running total of the ledger.
-- A jump over several levels at one instant reaches the highest; falling back and rising again reaches nothing new.
-- grain: student_id, level
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   level: number of the level, from 2
--   occurred_at: the instant whose awards, taken together, reached it first
--   event_id: the first event by id that earned points at that instant
--   local_date: the day of that event
-- Whole days (of UTC, whatever the student's zone) decide nearly always that no threshold was met, so only the others are looked at instant by instant.
with days as (
    select
        student_id,
        epoch_us(occurred_at) // 86400000000 as utc_day,
        sum(points) as points,
        sum(least(points, 0)) as lost
    from gamification.point_ledger
    group by student_id, epoch_us(occurred_at) // 86400000000
),

begun as (
    select
        student_id,
        utc_day,
        points,
        lost,
        sum(points) over (
            partition by student_id
            order by utc_day
            rows between unbounded preceding and current row
        ) - points as before
    from days
),

-- Within a day the total stays between what was lost first and what was gained first.
deciding as (
    select b.student_id, b.utc_day, b.before, v.level, v.at_least
    from begun as b
    inner join source.levels as v
        on b.before + b.lost < v.at_least and b.before + b.points - b.lost >= v.at_least
    where v.level > 1
),

decisive as (
    select
        d.student_id,
        d.utc_day,
        d.before,
        d.level,
        d.at_least,
        l.occurred_at,
        l.points,
        l.event_id,
        l.local_date
    from gamification.point_ledger as l
    inner join deciding as d
        on l.student_id = d.student_id and epoch_us(l.occurred_at) // 86400000000 = d.utc_day
),

instants as (
    select
        student_id,
        utc_day,
        before,
        level,
        at_least,
        occurred_at,
        sum(points) as points
    from decisive
    group by student_id, utc_day, before, level, at_least, occurred_at
),

totals as (
    select
        student_id,
        level,
        at_least,
        occurred_at,
        points,
        before + sum(points) over (
            partition by student_id, utc_day, level
            order by occurred_at
            rows between unbounded preceding and current row
        ) as total
    from instants
),

-- Every first time is a rise from below; later rises to the same level are put aside here.
crossings as (
    select student_id, level, min(occurred_at) as occurred_at
    from totals
    where total >= at_least and total - points < at_least
    group by student_id, level
),

highest as (
    select student_id, occurred_at, max(level) as level
    from crossings
    group by student_id, occurred_at
),

earned as (
    select
        h.student_id,
        h.level,
        h.occurred_at,
        min(struct_pack(id := l.event_id, day := l.local_date)) as met
    from highest as h
    inner join decisive as l
        on h.student_id = l.student_id and h.occurred_at = l.occurred_at
    group by h.student_id, h.level, h.occurred_at
)

select
    student_id,
    level,
    occurred_at,
    met.id as event_id,
    met.day as local_date
from earned
