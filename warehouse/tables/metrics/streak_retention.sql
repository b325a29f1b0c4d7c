-- One row per build: how many streaks of a week ago go on (semantics 7, streak retention). A streak of a week ago was alive seven days before the student's today and had at least 3 active days by then.
-- grain: as_of
-- scope: cohort
-- columns:
--   as_of: the as-of instant
--   live_count (students): students with such a streak a week ago
--   kept_count (students): those whose streak is alive and still the same one
--   retention (0 to 1): their share, null without any
with week_ago as (
    select
        s.student_id,
        r.run_start,
        s.today - 7 as day,
        s.current_streak > 0 and s.run_start = r.run_start as is_kept
    from gamification.streaks as s
    inner join gamification.streak_runs as r
        on
            s.student_id = r.student_id
            and r.run_start <= s.today - 7
            and r.alive_until >= s.today - 7
),

live as (
    select w.student_id, w.is_kept
    from week_ago as w
    inner join progress.active_days as d
        on
            w.student_id = d.student_id
            and w.run_start <= d.local_date
            and w.day >= d.local_date
    group by w.student_id, w.is_kept
    having count(*) >= 3
),

counted as (
    select count(*) as live_count, count(*) filter (where is_kept) as kept_count
    from live
)

select
    k.as_of,
    c.live_count,
    c.kept_count,
    case when c.live_count > 0 then cast(c.kept_count as double) / c.live_count end as retention
from counted as c
cross join source.clock as k
