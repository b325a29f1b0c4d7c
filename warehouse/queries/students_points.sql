-- Totals and levels of these students, with the share of the way from the beginning of the level to the next (null at the highest).
select
    student_id,
    total_points,
    level,
    level_name,
    points_to_next_level,
    case
        when points_to_next_level is not null
            then
                greatest(total_points - level_from_points, 0)
                / (total_points - level_from_points + points_to_next_level)
    end as level_share
from gamification.student_points
where student_id in (select unnest($student_ids))
