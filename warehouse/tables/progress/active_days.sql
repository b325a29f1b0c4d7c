-- One row per student and local day with a learning event (semantics 4: an active day).
-- grain: student_id, local_date
-- scope: student
-- columns:
--   student_id: the student
--   local_date: the student's day
--   week_start: Monday of its ISO week
--   next_date: the student's next such day, null for the last
--   occurred_at: the day's first learning event
--   event_id: that event
--   event_count: learning events of the day
--   time_spent (seconds): time spent on the day
--   score_sum: exact sum of the day's scores
--   score_count: scored events of the day
select
    student_id,
    local_date,
    cast(date_trunc('week', local_date) as date) as week_start,
    lead(local_date) over (partition by student_id order by local_date) as next_date,
    min(occurred_at) as occurred_at,
    arg_min(event_id, place) as event_id,
    sum(occurrences) as event_count,
    sum(time_spent) as time_spent,
    sum(score_sum) as score_sum,
    sum(score_count) as score_count
from staging.learning_events
group by student_id, local_date
