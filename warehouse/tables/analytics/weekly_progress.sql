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
--   average_score (0 to 1): mean score of the week's events, null without one
--   points (points): ledger points of the week's days
with parts as (
    select
        student_id,
        week_start,
        0 as started,
        0 as completed,
        0 as mastered,
        0 as time_spent,
        score_sum,
        score_count,
        0 as points
    from progress.active_days
    union all
    select
        student_id,
        cast(date_trunc('week', local_date) as date) as week_start,
        started,
        completed,
        mastered,
        total_time_spent as time_spent,
        0 as score_sum,
        0 as score_count,
        points
    from analytics.daily_progress
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

gaps as (
    select
        student_id,
        week_start,
        lead(week_start) over (partition by student_id order by week_start) - week_start as gap_days
    from weeks
),

calendar as (
    select
        student_id,
        week_start,
        started,
        completed,
        mastered,
        time_spent,
        score_sum,
        score_count,
        points
    from weeks
    union all
    select
        g.student_id,
        cast(g.week_start + 7 * n.n as date) as week_start,
        0 as started,
        0 as completed,
        0 as mastered,
        0 as time_spent,
        0 as score_sum,
        0 as score_count,
        0 as points
    from gaps as g
    inner join source.numbers as n on n.n >= 1 and n.n < g.gap_days / 7
    where g.gap_days > 7
)

select
    student_id,
    week_start,
    cast(started as bigint) as started,
    cast(completed as bigint) as completed,
    cast(mastered as bigint) as mastered,
    cast(time_spent as bigint) as total_time_spent,
    case when score_count > 0 then cast(score_sum as double) / score_count end as average_score,
    cast(points as bigint) as points
from calendar
