-- The sessions that one student began on the days of a range, counted by day.
select
    s.local_date,
    count(*) as session_count,
    cast(sum(s.duration_seconds) as double) as duration_seconds
from analytics.sessions as s
where
    s.student_id = $student_id
    and s.local_date >= cast($first_day as date)
    and s.local_date < cast($end_day as date)
group by s.local_date
order by s.local_date
