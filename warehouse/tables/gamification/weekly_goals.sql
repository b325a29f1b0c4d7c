-- One row per student and ISO week with a learning event: the goal and how far it was met (semantics 3).
-- grain: student_id, week_start
-- scope: student
-- columns:
--   student_id: the student
--   week_start: Monday of the week
--   concepts_target (concepts): target, null where the student's own goal has none
--   minutes_target (minutes): target, null where there is none
--   concepts_done (concepts): concepts whose first completed-or-mastered event lies in the week
--   minutes_done (minutes): time spent on learning events of the week
--   met_at: when the last of the targets was reached, null while one is not
--   event_id: the event that met it
--   met_date: the student's day of that event
with weeks as (
    select student_id, week_start, cast(sum(time_spent) as double) / 60 as minutes_done
    from progress.active_days
    group by student_id, week_start
),

own as (
    select
        w.student_id,
        w.week_start,
        max(struct_pack(since := g.from_week, concepts := g.concepts, minutes := g.minutes)) as goal
    from weeks as w
    inner join source.goals as g on w.student_id = g.student_id and w.week_start >= g.from_week
    group by w.student_id, w.week_start
),

targets as (
    select
        w.student_id,
        w.week_start,
        w.minutes_done,
        case
            when o.goal is null then k.default_concepts
            else o.goal.concepts
        end as concepts_target,
        o.goal.minutes as minutes_target
    from weeks as w
    cross join source.goal_default as k
    left join own as o on w.student_id = o.student_id and w.week_start = o.week_start
),

achieved as (
    select
        m.student_id,
        cast(date_trunc('week', m.local_date) as date) as week_start,
        m.occurred_at,
        m.event_id,
        m.local_date,
        row_number() over (
            partition by m.student_id, date_trunc('week', m.local_date)
            order by m.place
        ) as nth
    from progress.concept_milestones as m
    where m.milestone = 'achieved'
),

concepts as (
    select
        t.student_id,
        t.week_start,
        max(a.nth) as concepts_done,
        min(struct_pack(at := a.occurred_at, id := a.event_id, day := a.local_date))
        filter (where a.nth = t.concepts_target) as met
    from targets as t
    inner join achieved as a on t.student_id = a.student_id and t.week_start = a.week_start
    group by t.student_id, t.week_start
),

running as (
    select
        t.student_id,
        t.week_start,
        t.minutes_target,
        e.occurred_at,
        e.event_id,
        e.local_date,
        sum(e.time_spent) over (
            partition by t.student_id, t.week_start
            order by e.place
            rows between unbounded preceding and current row
        ) as seconds
    from targets as t
    inner join staging.learning_events as e
        on t.student_id = e.student_id and t.week_start = date_trunc('week', e.local_date)
    where t.minutes_target is not null
),

minutes as (
    select
        student_id,
        week_start,
        min(struct_pack(at := occurred_at, id := event_id, day := local_date)) as met
    from running
    where seconds >= minutes_target * 60
    group by student_id, week_start
),

joined as (
    select
        t.*,
        coalesce(c.concepts_done, 0) as concepts_done,
        case
            when t.concepts_target is not null and c.met is null then null
            when t.minutes_target is not null and m.met is null then null
            when t.minutes_target is null then c.met
            when t.concepts_target is null then m.met
            when c.met < m.met then m.met
            else c.met
        end as met
    from targets as t
    left join concepts as c on t.student_id = c.student_id and t.week_start = c.week_start
    left join minutes as m on t.student_id = m.student_id and t.week_start = m.week_start
)

select
    student_id,
    week_start,
    concepts_target,
    minutes_target,
    concepts_done,
    minutes_done,
    met.at as met_at,
    met.id as event_id,
    met.day as met_date
from joined
