-- One row per student and local day with a learning event or points.
-- grain: student_id, local_date
-- scope: student
-- columns:
--   student_id: the student
--   local_date: the student's day
--   event_count: learning events
--   total_time_spent (seconds): time spent on them
--   started (concepts): concepts first started on the day
--   completed (concepts): concepts first completed
--   mastered (concepts): concepts first mastered
--   achieved (concepts): concepts first completed or mastered, whichever came first
--   points (points): ledger points of the day
--   score_count: learning events with a score
--   score_sum: the sum of their scores
with parts as (
    select
        student_id,
        local_date,
        event_count,
        time_spent,
        0 as started,
        0 as completed,
        0 as mastered,
        0 as achieved,
        0 as points,
        score_count,
        score_sum
    from progress.active_days
    union all
    select
        student_id,
        local_date,
        0 as event_count,
        0 as time_spent,
        case when milestone = 'started' then 1 else 0 end as started,
        case when milestone = 'completed' then 1 else 0 end as completed,
        case when milestone = 'mastered' then 1 else 0 end as mastered,
        case when milestone = 'achieved' then 1 else 0 end as achieved,
        0 as points,
        0 as score_count,
        0 as score_sum
    from progress.concept_milestones
    where milestone in ('started', 'completed', 'mastered', 'achieved')
    union all
    select
        student_id,
        local_date,
        0 as event_count,
        0 as time_spent,
        0 as started,
        0 as completed,
        0 as mastered,
        0 as achieved,
        points,
        0 as score_count,
        0 as score_sum
    from gamification.point_ledger
)

select
    student_id,
    local_date,
    cast(sum(event_count) as bigint) as event_count,
    cast(sum(time_spent) as bigint) as total_time_spent,
    cast(sum(started) as bigint) as started,
    cast(sum(completed) as bigint) as completed,
    cast(sum(mastered) as bigint) as mastered,
    cast(sum(achieved) as bigint) as achieved,
    cast(sum(points) as bigint) as points,
    cast(sum(score_count) as bigint) as score_count,
    cast(sum(score_sum) as double) as score_sum
from parts
group by student_id, local_date
