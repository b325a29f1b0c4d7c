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
with days as (
    select
        student_id,
        concept_id,
        local_date,
        sum(occurrences) as occurrences,
        sum(time_spent) as time_spent,
        sum(score_count) as score_count,
        cast(sum(score_sum) as double) as score_sum
    from staging.learning_events
    group by student_id, concept_id, local_date
),

firsts as (
    select student_id, concept_id, milestone, local_date
    from progress.concept_milestones
    where milestone in ('completed', 'mastered')
)

select
    d.student_id,
    d.concept_id,
    d.local_date,
    cast(max(d.occurrences) as bigint) as event_count,
    cast(max(d.time_spent) as bigint) as total_time_spent,
    cast(max(d.score_count) as bigint) as score_count,
    max(d.score_sum) as score_sum,
    max(case when f.milestone = 'completed' then 1 else 0 end) as completed,
    max(case when f.milestone = 'mastered' then 1 else 0 end) as mastered
from days as d
-- a day has at most one row of each milestone
left join firsts as f
    on
        d.student_id = f.student_id
        and d.concept_id = f.concept_id
        and d.local_date = f.local_date
group by d.student_id, d.concept_id, d.local_date
