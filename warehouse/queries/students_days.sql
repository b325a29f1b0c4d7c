-- What these students did on each day from the eighth before the as-of instant on, oldest first.
select
    d.student_id,
    d.local_date,
    d.event_count,
    round(d.total_time_spent / 60, 1) as minutes,
    d.started,
    d.completed,
    d.mastered,
    d.points
from analytics.daily_progress as d
where
    d.student_id in (select unnest($student_ids))
    and d.local_date >= (select cast(as_of as date) - 8 as first_day from source.clock)
order by d.student_id, d.local_date
