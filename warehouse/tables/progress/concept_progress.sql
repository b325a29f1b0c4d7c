-- One row per student and concept that has a learning event: how far the student is (semantics 2).
-- grain: student_id, concept_id
-- scope: student
-- columns:
--   student_id: the student
--   concept_id: the concept
--   status: mastered if a mastered event exists, else completed, else in_progress; never goes down
--   attempts: the largest of the four per-type event counts, so that started+completed+mastered for one try makes 1
--   best_score: highest score, null where no score
--   average_score: mean of all scores, null where no score
--   total_time_spent (seconds): sum of time spent
--   started_at: first started event
--   completed_at: first completed event
--   mastery_date: first mastered event
--   last_accessed: latest learning event
--   last_active_date: the latest of the student's days with one
--   event_count: learning events
--   scored_count: learning events with a score
--   score_sum: exact sum of their scores
--   first_score: the score of the first event that has one, null where no score
select
    student_id,
    concept_id,
    case
        when mastered_count > 0 then 'mastered'
        when completed_count > 0 then 'completed'
        else 'in_progress'
    end as status,
    cast(
        greatest(started_count, attempted_count, completed_count, mastered_count) as bigint
    ) as attempts,
    best_score,
    case when score_count > 0 then cast(score_sum as double) / score_count end as average_score,
    cast(total_time_spent as bigint) as total_time_spent,
    started_at,
    completed_at,
    mastered_at as mastery_date,
    last_accessed,
    last_active_date,
    cast(
        started_count + attempted_count + completed_count + mastered_count as bigint
    ) as event_count,
    cast(score_count as bigint) as scored_count,
    cast(score_sum as decimal(38, 16)) as score_sum,
    first_score
from progress.concept_activity
