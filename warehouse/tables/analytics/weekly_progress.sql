-- One row per student and ISO week, from the first to the last week with a learning event or points, zeros between.
-- grain: student_id, week_start
-- scope: student
-- columns:
--   student_id: the student
--   week_start: Monday of the week
--   started (concepts): concepts first started in the week
--   completed (concepts): concepts first completed in the week
--   mastered (concepts): concepts first mastered in the week
--   total_time_spent (seconds): time spent on learning events
--   average_score: mean score of the week's events, null without one
--   points (points): ledger points of the week's days
with parts as (
    select
        student_id,
        week_start,
        0 as started,
        0 as completed,
        0 as mastered,
        time_spent,
        score_sum,
        score_count,
        0 as points
    from progress.active_days
    union all
    select
        student_id,
        cast(date_trunc('week', local_date) as date) as week_start,
        case when milestone = 'started' then 1 else 0 end as started,
        case when milestone = 'completed' then 1 else 0 end as completed,
        case when milestone = 'mastered' then 1 else 0 end as mastered,
        0 as time_spent,
        0 as score_sum,
        0 as score_count,
        0 as points
    from progress.concept_milestones
    where milestone in ('started', 'completed', 'mastered')
    union all
    select
        student_id,
        cast(date_trunc('week', local_date) as date) as week_start,
        0 as started,
        0 as completed,
        0 as mastered,
        0 as time_spent,
        0 as score_sum,
        0 as score_count,
        points
    from gamification.point_ledger
),

weeks as (
    select
        student_id,
        week_start,
        sum(started) as started,
        sum(completed) as completed,
        sum(mastered) as mastered,
        sum(time_spent) as time_spent,
        sum(score_sum) as score_sum,
        sum(score_count) as score_count,
        sum(points) as points
    from parts
    group by student_id, week_start
),

spans as (
    select student_id, min(week_start) as first_week, max(week_start) as last_week
    from weeks
    group by student_id
),

calendar as (
    select s.student_id, cast(s.first_week + 7 * n.n as date) as week_start
    from spans as s
    inner join source.numbers as n on n.n <= (s.last_week - s.first_week) / 7
)

select
    c.student_id,
    c.week_start,
    cast(coalesce(w.started, 0) as bigint) as started,
    cast(coalesce(w.completed, 0) as bigint) as completed,
    cast(coalesce(w.mastered, 0) as bigint) as mastered,
    cast(coalesce(w.time_spent, 0) as bigint) as total_time_spent,
    case when w.score_count > 0 then cast(w.score_sum as double) / w.score_count end as average_score,
    cast(coalesce(w.points, 0) as bigint) as points
from calendar as c
left join weeks as w on c.student_id = w.student_id and c.week_start = w.week_start
