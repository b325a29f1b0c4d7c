-- One row per student, concept and local day with learning, as the model of "mastered within 14 days" reads it.
-- grain: student_id, concept_id, local_date
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   concept_id: the concept
--   local_date: the student's day
--   event_count: learning events
--   total_time_spent (seconds): time spent on them
--   score_count: how many had a score
--   score_sum: the sum of the scores
--   completed: 1 on the day of the first completed event, else 0
--   mastered: 1 on the day of the first mastered event, else 0
select
    e.student_id,
    e.concept_id,
    e.local_date,
    sum(e.occurrences) as event_count,
    sum(e.time_spent) as total_time_spent,
    sum(e.score_count) as score_count,
    cast(sum(e.score_sum) as double) as score_sum,
    max(case when e.local_date = a.first_completed.day then 1 else 0 end) as completed,
    max(case when e.local_date = a.first_mastered.day then 1 else 0 end) as mastered
from staging.learning_events as e
inner join progress.concept_activity as a
    on e.student_id = a.student_id and e.concept_id = a.concept_id
group by e.student_id, e.concept_id, e.local_date
