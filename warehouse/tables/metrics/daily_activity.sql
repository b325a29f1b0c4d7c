-- One row per day from the first day of learning to the as-of day: who was active, and how long (semantics 7). Days are the students' own.
-- An active day counts on its day and the days after, until the window ends or the next one takes over.
-- grain: local_date
-- scope: cohort
-- columns:
--   local_date: the day
--   dau (students): distinct students with a learning event on the day; does not add up over days
--   wau (students): distinct students with one on the day or the 6 before
--   mau (students): distinct students with one on the day or the 29 before
--   stickiness (0 to 1): dau divided by mau, null without a mau
--   sessions (sessions): sessions that began on the day; adds up over days
--   average_session_minutes (minutes): their mean duration, null without one
with changes as (
    select local_date, count(*) as came, 0 as left_week, 0 as left_month
    from progress.active_days
    group by local_date
    union all
    select
        cast(least(local_date + 7, coalesce(next_date, local_date + 7)) as date) as local_date,
        0 as came,
        count(*) as left_week,
        0 as left_month
    from progress.active_days
    group by least(local_date + 7, coalesce(next_date, local_date + 7))
    union all
    select
        cast(least(local_date + 30, coalesce(next_date, local_date + 30)) as date) as local_date,
        0 as came,
        0 as left_week,
        count(*) as left_month
    from progress.active_days
    group by least(local_date + 30, coalesce(next_date, local_date + 30))
),

span as (
    select
        min(a.local_date) as first_day,
        greatest(
            max(a.local_date),
            max(cast(timezone(k.default_time_zone, k.as_of) as date))
        ) as last_day
    from progress.active_days as a
    cross join source.clock as k
),

days as (
    select
        d.local_date,
        coalesce(sum(c.came), 0) as came,
        coalesce(sum(c.left_week), 0) as left_week,
        coalesce(sum(c.left_month), 0) as left_month
    from source.days as d
    inner join span as s on d.local_date >= s.first_day and d.local_date <= s.last_day
    left join changes as c on d.local_date = c.local_date
    group by d.local_date
),

running as (
    select
        local_date,
        came as dau,
        sum(came - left_week) over (
            order by local_date rows between unbounded preceding and current row
        ) as wau,
        sum(came - left_month) over (
            order by local_date rows between unbounded preceding and current row
        ) as mau
    from days
),

spent as (
    select local_date, count(*) as session_count, sum(duration_seconds) / count(*) / 60 as minutes
    from analytics.sessions
    group by local_date
)

select
    r.local_date,
    cast(r.dau as bigint) as dau,
    cast(r.wau as bigint) as wau,
    cast(r.mau as bigint) as mau,
    case when r.mau > 0 then cast(r.dau as double) / r.mau end as stickiness,
    coalesce(s.session_count, 0) as sessions,
    s.minutes as average_session_minutes
from running as r
left join spent as s on r.local_date = s.local_date
