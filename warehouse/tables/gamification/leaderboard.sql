-- One row per list, period and ranked student (semantics 6): only who opted in under an alias is ranked, and a list of fewer than 5 does not exist.
-- Who has left (is not active) is not ranked. Two students may have the same alias.
-- The week and the month are those of the list's day: the class's zone, else the default zone. A student without points in the period has 0 and is ranked too.
-- grain: scope, scope_id, period, student_id
-- scope: cohort
-- columns:
--   scope: class (an active class with its leaderboard on, students enrolled at the as-of instant) or all
--   scope_id: the class; all for everybody
--   period: week (since Monday), month (since the 1st) or all
--   student_id: the ranked student, never shown to another
--   alias: the name shown
--   points (points): ledger points of the period's days
--   rank: 1 for the most points; equal points share a rank (1, 2, 2, 4)
--   place: 1, 2, 3, 4 down the list, ties by alias, then id
-- Names are sorted once, into numbers: places are found by sorting numbers, not names for each list.
with ranked as (
    select
        s.student_id,
        s.alias,
        coalesce(t.total_points, 0) as total_points,
        row_number() over (order by s.alias, s.student_id) as nth
    from source.students as s
    left join source.people as p on s.student_id = p.person_id
    left join gamification.student_points as t on s.student_id = t.student_id
    where s.leaderboard_opt_in and s.alias is not null and coalesce(p.active, true)
),

rooms as (
    select
        'class' as scope,
        c.class_id as scope_id,
        row_number() over (order by c.class_id) as list,
        cast(timezone(coalesce(c.time_zone, k.default_time_zone), k.as_of) as date) as today
    from source.classes as c
    cross join source.clock as k
    where c.active and c.leaderboard_enabled
    union all
    select
        'all' as scope,
        'all' as scope_id,
        0 as list,
        cast(timezone(default_time_zone, as_of) as date) as today
    from source.clock
),

members as (
    select r.list, r.today, s.nth, s.total_points
    from rooms as r
    inner join source.enrolments as e on r.scope_id = e.class_id and e.role = 'student'
    inner join ranked as s on e.person_id = s.student_id
    cross join source.clock as k
    where
        r.scope = 'class'
        and coalesce(e.valid_from <= k.as_of, true)
        and coalesce(e.valid_until > k.as_of, true)
    union all
    select r.list, r.today, s.nth, s.total_points
    from rooms as r
    cross join ranked as s
    where r.scope = 'all'
),

lists as (
    select list
    from members
    group by list
    having count(*) >= 5
),

todays as (
    select distinct today
    from members
),

recent as (
    select
        r.nth,
        t.today,
        sum(l.points) filter (where l.local_date >= date_trunc('week', t.today)) as week_points,
        sum(l.points) filter (where l.local_date >= date_trunc('month', t.today)) as month_points
    from gamification.point_ledger as l
    inner join ranked as r on l.student_id = r.student_id
    cross join todays as t
    where
        l.local_date >= (
            select cast(timezone('UTC', as_of) as date) - 33
            from source.clock
        )
    group by r.nth, t.today
),

in_periods as (
    select
        m.list,
        m.nth,
        coalesce(r.week_points, 0) as week_points,
        coalesce(r.month_points, 0) as month_points,
        m.total_points as all_points
    from members as m
    inner join lists as i on m.list = i.list
    left join recent as r on m.nth = r.nth and m.today = r.today
),

scored as (
    select list, nth, 'week' as period, week_points as points
    from in_periods
    union all
    select list, nth, 'month' as period, month_points as points
    from in_periods
    union all
    select list, nth, 'all' as period, all_points as points
    from in_periods
),

placed as (
    select
        list,
        nth,
        period,
        points,
        rank() over (partition by list, period order by points desc) as rank,
        row_number() over (partition by list, period order by points desc, nth) as place
    from scored
)

select
    r.scope,
    r.scope_id,
    p.period,
    s.student_id,
    s.alias,
    cast(p.points as bigint) as points,
    p.rank,
    p.place
from placed as p
inner join rooms as r on p.list = r.list
inner join ranked as s on p.nth = s.nth
