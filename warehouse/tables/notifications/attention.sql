-- One row per educator, student of theirs and reason why they should look (analytics.at_risk), begun in the last 28 days.
-- Of several concepts that a student is stuck with, the one tried last is told.
-- An educator is told of each episode once: of a concept that a student is stuck with once ever, since what is completed stays so; of inactivity by the week of the last activity, since two are at least a week apart; of slowing by the month of the last mastery.
-- grain: notification_id
-- scope: student
-- refresh: all
-- columns:
--   notification_id: md5 of kind, educator, student, rule and episode
--   educator_id: who is told: teaches the student now, in an active class
--   student_id: whom to look at
--   class_id: the first by id of the classes that they share
--   rule: inactive, stuck or slowing
--   concept_id: the concept, for stuck
--   number: as in analytics.at_risk: days without learning, attempts, or concepts mastered in the last 14 days
--   need: 7 days, 4 attempts, or concepts mastered in the 14 days before
--   local_date: the student's day of occurred_at
--   occurred_at: inactive: the first instant of the seventh day missed; stuck: the last try; slowing: when a mastery became older than 14 days
with lessons as (
    select e.person_id, e.role, e.class_id
    from source.enrolments as e
    inner join source.classes as c on e.class_id = c.class_id
    cross join source.clock as k
    where
        c.active
        and (e.valid_from is null or e.valid_from <= k.as_of)
        and (e.valid_until is null or e.valid_until > k.as_of)
),

teaching as (
    select t.person_id as educator_id, s.person_id as student_id, min(s.class_id) as class_id
    from lessons as t
    inner join lessons as s on t.class_id = s.class_id
    where t.role = 'educator' and s.role = 'student'
    group by t.person_id, s.person_id
),

-- few enough for a notice: one concept a student
risks as (
    select
        r.student_id,
        r.rule,
        r.concept_id,
        r.have,
        r.need,
        r.last_event_at
    from analytics.at_risk as r
    cross join source.clock as k
    where
        r.student_id in (select student_id from teaching)
        -- a prediction waits on the dashboard: it is no news that somebody must hear of
        and r.rule != 'predicted'
        and (r.rule != 'stuck' or r.last_event_at > k.as_of - interval 28 days)
    qualify
        row_number() over (
            partition by r.student_id, r.rule order by r.last_event_at desc, r.concept_id
        ) = 1
),

slowed as (
    select p.student_id, max(p.mastery_date) as mastered_at
    from progress.concept_progress as p
    inner join risks as r on p.student_id = r.student_id and r.rule = 'slowing'
    cross join source.clock as k
    where p.mastery_date <= k.as_of - interval 14 days
    group by p.student_id
),

episodes as (
    select
        r.student_id,
        r.rule,
        r.concept_id,
        r.have,
        r.need,
        l.time_zone,
        k.as_of,
        case r.rule
            when 'stuck' then r.last_event_at
            when 'slowing' then s.mastered_at + interval 14 days
            else
                timezone(l.time_zone, cast(a.alive_until + 6 as timestamp))
        end as occurred_at,
        case r.rule
            when 'stuck' then r.concept_id
            when 'slowing'
                then
                    cast(
                        cast(
                            date_trunc('month', timezone('UTC', r.last_event_at)) as date
                        ) as varchar
                    )
            else cast(cast(date_trunc('week', a.last_activity_date) as date) as varchar)
        end as episode
    from risks as r
    inner join progress.todays as l on r.student_id = l.student_id
    inner join gamification.streaks as a on r.student_id = a.student_id
    left join slowed as s on r.student_id = s.student_id
    cross join source.clock as k
)

select
    md5(
        concat_ws(
            chr(31), 'needs_attention', t.educator_id, e.student_id, e.rule, e.episode
        )
    ) as notification_id,
    t.educator_id,
    e.student_id,
    t.class_id,
    e.rule,
    e.concept_id,
    e.have as number,
    e.need,
    cast(timezone(e.time_zone, e.occurred_at) as date) as local_date,
    e.occurred_at
from episodes as e
inner join teaching as t on e.student_id = t.student_id
where e.occurred_at > e.as_of - interval 28 days
