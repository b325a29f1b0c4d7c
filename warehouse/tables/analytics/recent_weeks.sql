-- One row per student and period that a weekly summary compares; only students who have learned, with a learning event or points in the nine weeks up to their today.
-- grain: student_id, period
-- scope: student
-- refresh: all
-- columns:
--   student_id: the student
--   period: this_week (so far), last_week, week_before, or usual: the median of the eight whole weeks before this one, without those before the student's first active week (no row in the first week)
--   week_start: Monday of the week; usual: of the earliest week in the median
--   active_days (days): days with a learning event
--   total_time_spent (seconds): time spent on learning events
--   started (concepts): concepts first started
--   completed (concepts): concepts first completed
--   mastered (concepts): concepts first mastered
--   achieved (concepts): concepts whose first completed-or-mastered event lies in the week, which a weekly goal counts
--   points (points): ledger points
with recent as (
    select
        d.student_id,
        cast(date_trunc('week', s.today) as date) as this_week,
        cast(date_trunc('week', d.local_date) as date) as week_start,
        d.event_count,
        d.total_time_spent,
        d.started,
        d.completed,
        d.mastered,
        d.points
    from analytics.daily_progress as d
    inner join gamification.streaks as s on d.student_id = s.student_id
    where
        d.local_date >= cast(date_trunc('week', s.today) as date) - 56
        and d.local_date < cast(date_trunc('week', s.today) as date) + 7
),

weeks as (
    select
        student_id,
        this_week,
        week_start,
        count(*) filter (where event_count > 0) as active_days,
        sum(total_time_spent) as total_time_spent,
        sum(started) as started,
        sum(completed) as completed,
        sum(mastered) as mastered,
        sum(points) as points
    from recent
    group by student_id, this_week, week_start
),

learners as (
    select distinct w.student_id, w.this_week, s.first_active_date
    from weeks as w
    inner join progress.students as s on w.student_id = s.student_id
),

calendar as (
    select
        l.student_id,
        n.n as weeks_ago,
        cast(l.this_week - 7 * n.n as date) as week_start,
        l.this_week - 7 * n.n + 7 > l.first_active_date as is_learning,
        coalesce(w.active_days, 0) as active_days,
        coalesce(w.total_time_spent, 0) as total_time_spent,
        coalesce(w.started, 0) as started,
        coalesce(w.completed, 0) as completed,
        coalesce(w.mastered, 0) as mastered,
        coalesce(g.concepts_done, 0) as achieved,
        coalesce(w.points, 0) as points
    from learners as l
    inner join source.numbers as n on n.n <= 8
    left join weeks as w
        on l.student_id = w.student_id and l.this_week - 7 * n.n = w.week_start
    left join gamification.weekly_goals as g
        on l.student_id = g.student_id and l.this_week - 7 * n.n = g.week_start
)

select
    student_id,
    case weeks_ago
        when 0 then 'this_week'
        when 1 then 'last_week'
        else 'week_before'
    end as period,
    week_start,
    cast(active_days as double) as active_days,
    cast(total_time_spent as double) as total_time_spent,
    cast(started as double) as started,
    cast(completed as double) as completed,
    cast(mastered as double) as mastered,
    cast(achieved as double) as achieved,
    cast(points as double) as points
from calendar
where weeks_ago <= 2
union all
select
    student_id,
    'usual' as period,
    min(week_start) as week_start,
    median(cast(active_days as double)) as active_days,
    median(cast(total_time_spent as double)) as total_time_spent,
    median(cast(started as double)) as started,
    median(cast(completed as double)) as completed,
    median(cast(mastered as double)) as mastered,
    median(cast(achieved as double)) as achieved,
    median(cast(points as double)) as points
from calendar
where weeks_ago >= 1 and is_learning
group by student_id
