-- One student's weeks with the goal and how far it was met, newest first; at most `limit`.
select
    week_start,
    concepts_target,
    minutes_target,
    concepts_done,
    minutes_done,
    met_at
from gamification.weekly_goals
where student_id = $student_id
order by week_start desc
limit $limit
