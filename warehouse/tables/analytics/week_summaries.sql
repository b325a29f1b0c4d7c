-- One row per student with a learning event: the streak, and the weeks that a summary compares.
-- Weeks are structs of week_start (Monday), active_days (days with learning), total_time_spent (seconds), started, completed and mastered (concepts, for the first time), achieved (concepts whose first completed-or-mastered event lies in the week, which a weekly goal counts) and points.
-- grain: student_id
-- scope: student
-- refresh: due
-- columns:
--   student_id: the student
--   today: the student's day at the as-of instant
--   current_streak (days): as in gamification.streaks
--   longest_streak (days): likewise
--   last_activity_date: last active day
--   this_week: the week of today, so far
--   last_week: the week before
--   week_before: the one before that
--   usual: medians over the eight whole weeks before this one, without those before the first active week; week_start is the earliest of them; null in the first week
with recent as (
    select
        d.student_id,
        cast(date_trunc('week', d.local_date) as date) as week_start,
        count(*) filter (where d.event_count > 0) as active_days,
        sum(d.total_time_spent) as total_time_spent,
        sum(d.started) as started,
        sum(d.completed) as completed,
        sum(d.mastered) as mastered,
        sum(d.points) as points
    from analytics.daily_progress as d
    inner join progress.todays as t on d.student_id = t.student_id
    -- the calendar goes back to the Monday of eight weeks ago
    where d.local_date >= t.today - 62
    group by d.student_id, date_trunc('week', d.local_date)
),

calendar as (
    select
        s.student_id,
        n.n as weeks_ago,
        p.first_active_date,
        cast(date_trunc('week', s.today) as date) - 7 * n.n as week_start
    from gamification.streaks as s
    inner join progress.students as p on s.student_id = p.student_id
    inner join source.numbers as n on n.n <= 8
),

weeks as (
    select
        c.student_id,
        c.weeks_ago,
        c.week_start,
        c.weeks_ago >= 1 and c.week_start + 7 > c.first_active_date as is_whole,
        cast(coalesce(r.active_days, 0) as double) as active_days,
        cast(coalesce(r.total_time_spent, 0) as double) as total_time_spent,
        cast(coalesce(r.started, 0) as double) as started,
        cast(coalesce(r.completed, 0) as double) as completed,
        cast(coalesce(r.mastered, 0) as double) as mastered,
        cast(coalesce(g.concepts_done, 0) as double) as achieved,
        cast(coalesce(r.points, 0) as double) as points
    from calendar as c
    left join recent as r on c.student_id = r.student_id and c.week_start = r.week_start
    left join gamification.weekly_goals as g
        on c.student_id = g.student_id and c.week_start = g.week_start
),

packed as (
    select
        student_id,
        weeks_ago,
        is_whole,
        struct_pack(
            week_start := cast(week_start as date),
            active_days := active_days,
            total_time_spent := total_time_spent,
            started := started,
            completed := completed,
            mastered := mastered,
            achieved := achieved,
            points := points
        ) as figures
    from weeks
),

compared as (
    select
        student_id,
        max(figures) filter (where weeks_ago = 0) as this_week,
        max(figures) filter (where weeks_ago = 1) as last_week,
        max(figures) filter (where weeks_ago = 2) as week_before,
        case
            when count(*) filter (where is_whole) > 0
                then
                    struct_pack(
                        week_start := min(figures.week_start) filter (where is_whole),
                        active_days := median(figures.active_days) filter (where is_whole),
                        total_time_spent
                        := median(figures.total_time_spent) filter (where is_whole),
                        started := median(figures.started) filter (where is_whole),
                        completed := median(figures.completed) filter (where is_whole),
                        mastered := median(figures.mastered) filter (where is_whole),
                        achieved := median(figures.achieved) filter (where is_whole),
                        points := median(figures.points) filter (where is_whole)
                    )
        end as usual
    from packed
    group by student_id
)

select
    s.student_id,
    s.today,
    s.current_streak,
    s.longest_streak,
    s.last_activity_date,
    c.this_week,
    c.last_week,
    c.week_before,
    c.usual
from gamification.streaks as s
inner join compared as c on s.student_id = c.student_id
