-- The weekly goals of one student, newest week first.
select
    week_start,
    concepts_target,
    minutes_target,
    concepts_done,
    minutes_done,
    met_at,
    event_id
from gamification.weekly_goals
where student_id = $student_id
order by week_start desc
