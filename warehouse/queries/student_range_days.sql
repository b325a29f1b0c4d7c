-- What one student reached on each day from one on to the end of a range.
select
    d.local_date,
    d.event_count,
    d.total_time_spent,
    d.started,
    d.completed,
    d.mastered,
    d.points
from analytics.daily_progress as d
where
    d.student_id = $student_id
    and d.local_date >= cast($earliest_day as date)
    and d.local_date < cast($end_day as date)
order by d.local_date
