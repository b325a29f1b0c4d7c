-- How many badges were earned in each of the last 8 weeks, oldest first.
select f.week_start, f.badge_id, f.earned_count, f.student_count
from metrics.badge_frequency as f
where f.week_start > (select cast(as_of as date) - 56 as earliest from source.clock)
order by f.week_start, f.badge_id
