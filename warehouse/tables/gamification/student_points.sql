-- One row per student with any event: total, level and the way to the next (semantics 3).
-- grain: student_id
-- scope: student
-- columns:
--   student_id: the student
--   total_points (points): sum of the ledger
--   level: number of the level, from 1
--   level_name: its name; a negative total is the first level
--   points_to_next_level (points): until the next level begins, null in the last
--   level_from_points (points): total from which the level holds, 0 for the lowest
with totals as (
    select s.student_id, cast(coalesce(sum(l.points), 0) as bigint) as total_points
    from progress.students as s
    left join gamification.point_ledger as l on s.student_id = l.student_id
    group by s.student_id
)

select
    t.student_id,
    t.total_points,
    v.level,
    v.level_name,
    v.next_from_points - t.total_points as points_to_next_level,
    greatest(v.at_least, 0) as level_from_points
from totals as t
inner join source.levels as v
    on
        t.total_points >= v.at_least
        and (v.next_from_points is null or t.total_points < v.next_from_points)
