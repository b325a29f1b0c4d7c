-- One row per student with a learning event and hour of the day (24) or day of the week (7), by the student's own clock (semantics 7).
-- grain: student_id, period, number
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   period: hour or weekday
--   number: the hour, 0 to 23, or the day, 1 (Monday) to 7 (Sunday)
--   event_count (events): learning events in it; those of the hours and of the days add up to all
--   total_time_spent (seconds): time spent on them, likewise
--   score_count (events): those with a score
--   average_score (0 to 1): their mean score, null without one
with hours as (
    select
        student_id,
        local_date,
        local_hour,
        sum(occurrences) as event_count,
        sum(time_spent) as time_spent,
        sum(score_sum) as score_sum,
        sum(score_count) as score_count
    from staging.learning_events
    group by student_id, local_date, local_hour
),

learners as (
    select distinct student_id from hours
),

slots as (
    select 'hour' as period, n as number
    from source.numbers
    where n < 24
    union all
    select 'weekday' as period, n as number
    from source.numbers
    where n between 1 and 7
),

parts as (
    select
        student_id,
        'hour' as period,
        local_hour as number,
        event_count,
        time_spent,
        score_sum,
        score_count
    from hours
    union all
    select
        student_id,
        'weekday' as period,
        -- 1 January 1900 was a Monday; functions for weekdays count differently from engine to engine
        1 + (local_date - cast('1900-01-01' as date)) % 7 as number,
        event_count,
        time_spent,
        score_sum,
        score_count
    from hours
    union all
    select
        l.student_id,
        s.period,
        s.number,
        0 as event_count,
        0 as time_spent,
        0 as score_sum,
        0 as score_count
    from learners as l
    cross join slots as s
)

select
    student_id,
    period,
    cast(number as bigint) as number,
    cast(sum(event_count) as bigint) as event_count,
    cast(sum(time_spent) as bigint) as total_time_spent,
    cast(sum(score_count) as bigint) as score_count,
    case
        when sum(score_count) > 0 then cast(sum(score_sum) as double) / sum(score_count)
    end as average_score
from parts
group by student_id, period, number
