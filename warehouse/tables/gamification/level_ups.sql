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
with totals as (
    select
        student_id,
        occurred_at,
        event_id,
        local_date,
        sum(points) over (partition by student_id order by occurred_at) as total
    from gamification.point_ledger
),

crossings as (
    select
        t.student_id,
        v.level,
        min(struct_pack(at := t.occurred_at, id := t.event_id, day := t.local_date)) as met
    from totals as t
    inner join source.levels as v on t.total >= v.at_least
    where v.level > 1
    group by t.student_id, v.level
)

select
    student_id,
    max(level) as level,
    met.at as occurred_at,
    met.id as event_id,
    met.day as local_date
from crossings
group by student_id, met
