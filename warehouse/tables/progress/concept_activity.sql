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
--   total_time_spent (seconds): time spent
--   last_accessed: the latest learning event
--   last_active_date: the latest of the student's days with one
--   first_tried: first learning event of any type, as (at, id, day): the order of every "first"
--   first_started: first started event, likewise
--   first_completed: first completed event, likewise
--   first_mastered: first mastered event, likewise
--   first_perfect: first event with score 1.0, likewise
--   first_scored: first event with a score, as (at, id, score)
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
    sum(time_spent) as total_time_spent,
    max(occurred_at) as last_accessed,
    max(local_date) as last_active_date,
    min(struct_pack(at := occurred_at, id := event_id, day := local_date)) as first_tried,
    min(struct_pack(at := occurred_at, id := event_id, day := local_date))
    filter (where event_type = 'started') as first_started,
    min(struct_pack(at := occurred_at, id := event_id, day := local_date))
    filter (where event_type = 'completed') as first_completed,
    min(struct_pack(at := occurred_at, id := event_id, day := local_date))
    filter (where event_type = 'mastered') as first_mastered,
    min(struct_pack(at := occurred_at, id := event_id, day := local_date))
    filter (where score_max = 1.0) as first_perfect,
    min(struct_pack(at := occurred_at, id := event_id, score := score_max))
    filter (where score_count > 0) as first_scored
from staging.learning_events
group by student_id, concept_id
