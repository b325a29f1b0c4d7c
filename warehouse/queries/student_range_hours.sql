-- What one student did on the days of a range, by day, hour and concept: tries by kind of event, time, exact sums of scores.
select
    e.local_date,
    e.local_hour,
    e.concept_id,
    cast(sum(e.occurrences) as bigint) as event_count,
    cast(sum(e.occurrences) filter (where e.event_type = 'started') as bigint) as started_count,
    cast(sum(e.occurrences) filter (where e.event_type = 'attempted') as bigint) as attempted_count,
    cast(sum(e.occurrences) filter (where e.event_type = 'completed') as bigint) as completed_count,
    cast(sum(e.occurrences) filter (where e.event_type = 'mastered') as bigint) as mastered_count,
    cast(sum(e.time_spent) as bigint) as total_time_spent,
    cast(sum(e.score_count) as bigint) as scored_count,
    cast(sum(e.score_sum) as decimal(38, 16)) as score_sum,
    max(e.score_max) as best_score
from staging.learning_events as e
where
    e.student_id = $student_id
    and e.local_date >= cast($first_day as date)
    and e.local_date < cast($end_day as date)
group by e.local_date, e.local_hour, e.concept_id
order by e.local_date, e.local_hour, e.concept_id
