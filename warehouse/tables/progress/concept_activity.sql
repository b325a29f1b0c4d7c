-- One row per student and concept with a learning event: counts, sums and the first event of each kind.
-- grain: student_id, concept_id
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   concept_id: the concept
--   started_count: started events
--   attempted_count: attempted events
--   completed_count: completed events
--   mastered_count: mastered events
--   score_sum: exact sum of scores
--   score_count: scored events
--   best_score: highest score
--   first_score: score of the first event that has one
--   total_time_spent (seconds): time spent
--   last_accessed: the latest learning event
--   last_active_date: the latest of the student's days with one
--   started_at: the earliest started event
--   completed_at: the earliest completed event
--   mastered_at: the earliest mastered event
--   first_tried: place (as in staging.learning_events) of the first learning event of any type
--   first_started: place of the first started event
--   first_completed: place of the first completed event
--   first_mastered: place of the first mastered event
--   first_perfect: place of the first event with score 1.0
select
    student_id,
    concept_id,
    sum(case when event_type = 'started' then occurrences else 0 end) as started_count,
    sum(case when event_type = 'attempted' then occurrences else 0 end) as attempted_count,
    sum(case when event_type = 'completed' then occurrences else 0 end) as completed_count,
    sum(case when event_type = 'mastered' then occurrences else 0 end) as mastered_count,
    sum(score_sum) as score_sum,
    sum(score_count) as score_count,
    max(score_max) as best_score,
    arg_min(score_max, place) filter (where score_count > 0) as first_score,
    sum(time_spent) as total_time_spent,
    max(occurred_at) as last_accessed,
    max(local_date) as last_active_date,
    min(occurred_at) filter (where event_type = 'started') as started_at,
    min(occurred_at) filter (where event_type = 'completed') as completed_at,
    min(occurred_at) filter (where event_type = 'mastered') as mastered_at,
    min(place) as first_tried,
    min(place) filter (where event_type = 'started') as first_started,
    min(place) filter (where event_type = 'completed') as first_completed,
    min(place) filter (where event_type = 'mastered') as first_mastered,
    min(place) filter (where score_max = 1.0) as first_perfect
from staging.learning_events
group by student_id, concept_id
