-- How many students earned each badge in the newest week in which anybody earned any.
select
    f.badge_id,
    f.week_start,
    f.earned_count,
    f.student_count
from metrics.badge_frequency as f
where f.week_start = (select max(n.week_start) from metrics.badge_frequency as n)
order by f.badge_id
