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
with ranked as (
    select s.student_id, s.alias
    from source.students as s
    left join source.people as p on s.student_id = p.person_id
    where s.leaderboard_opt_in and s.alias is not null and coalesce(p.active, true)
),

members as (
    select
        'class' as scope,
        c.class_id as scope_id,
        r.student_id,
        r.alias,
        cast(timezone(coalesce(c.time_zone, k.default_time_zone), k.as_of) as date) as today
    from source.classes as c
    inner join source.enrolments as e on c.class_id = e.class_id and e.role = 'student'
    inner join ranked as r on e.person_id = r.student_id
    cross join source.clock as k
    where
        c.active
        and c.leaderboard_enabled
        and coalesce(e.valid_from <= k.as_of, true)
        and coalesce(e.valid_until > k.as_of, true)
    union all
    select
        'all' as scope,
        'all' as scope_id,
        r.student_id,
        r.alias,
        cast(timezone(k.default_time_zone, k.as_of) as date) as today
    from ranked as r
    cross join source.clock as k
),

lists as (
    select scope, scope_id
    from members
    group by scope, scope_id
    having count(*) >= 5
),

todays as (
    select distinct today
    from members
),

recent as (
    select
        l.student_id,
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
    group by l.student_id, t.today
),

in_periods as (
    select
        m.scope,
        m.scope_id,
        m.student_id,
        m.alias,
        coalesce(r.week_points, 0) as week_points,
        coalesce(r.month_points, 0) as month_points,
        coalesce(p.total_points, 0) as all_points
    from members as m
    inner join lists as i on m.scope = i.scope and m.scope_id = i.scope_id
    left join recent as r on m.student_id = r.student_id and m.today = r.today
    left join gamification.student_points as p on m.student_id = p.student_id
),

scored as (
    select scope, scope_id, 'week' as period, student_id, alias, week_points as points
    from in_periods
    union all
    select scope, scope_id, 'month' as period, student_id, alias, month_points as points
    from in_periods
    union all
    select scope, scope_id, 'all' as period, student_id, alias, all_points as points
    from in_periods
)

select
    scope,
    scope_id,
    period,
    student_id,
    alias,
    cast(points as bigint) as points,
    rank() over (partition by scope, scope_id, period order by points desc) as rank,
    row_number() over (
        partition by scope, scope_id, period order by points desc, alias, student_id
    ) as place
from scored
