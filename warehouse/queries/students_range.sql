-- What each of these students did on the days of a range, as published; those who did nothing have no row.
select
    d.student_id,
    count(*) filter (where d.event_count > 0) as active_days,
    cast(sum(d.total_time_spent) as bigint) as total_time_spent,
    cast(sum(d.started) as bigint) as started,
    cast(sum(d.completed) as bigint) as completed,
    cast(sum(d.mastered) as bigint) as mastered,
    cast(sum(d.points) as bigint) as points,
    cast(sum(d.score_count) as bigint) as scored_count,
    sum(d.score_sum) as score_sum
from analytics.daily_progress as d
where
    d.student_id in (select unnest($student_ids))
    and d.local_date >= cast($first_day as date)
    and d.local_date < cast($end_day as date)
group by d.student_id
order by d.student_id
