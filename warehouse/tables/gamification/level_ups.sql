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
with instants as (
    select student_id, occurred_at, sum(points) as points
    from gamification.point_ledger
    group by student_id, occurred_at
),

totals as (
    select
        student_id,
        occurred_at,
        points,
        sum(points) over (
            partition by student_id
            order by occurred_at
            rows between unbounded preceding and current row
        ) as total
    from instants
),

-- Every first time is a rise from below; later rises to the same level are put aside here.
crossings as (
    select t.student_id, v.level, min(t.occurred_at) as occurred_at
    from totals as t
    inner join source.levels as v on t.total >= v.at_least and t.total - t.points < v.at_least
    where v.level > 1
    group by t.student_id, v.level
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
    inner join gamification.point_ledger as l
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
