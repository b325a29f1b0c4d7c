-- One row per student and reason why an educator should look (semantics 7, at risk).
-- inactive: active before, and no learning for 7 days or more that lie in no planned break. stuck: a concept with 4 or more attempts that is not completed. slowing: mastered in the last 14 days at most half of the 14 days before, which had at least 4.
-- grain: student_id, rule, concept_id
-- scope: student
-- refresh: all
-- columns:
--   student_id: the student
--   rule: inactive, stuck or slowing
--   concept_id: the concept, for stuck
--   have: days without learning; attempts; concepts mastered in the last 14 days
--   need: 7 days; 4 attempts; concepts mastered in the 14 days before
--   last_event_at: the latest event that the rule looks at: the last learning, the last try, the last mastery
with l as (
    select student_id, max(last_accessed) as last_event_at
    from progress.concept_progress
    group by student_id
),

inactive as (
    select
        s.student_id,
        'inactive' as rule,
        cast(null as varchar) as concept_id,
        s.today - s.last_activity_date as have,
        7 as need,
        l.last_event_at
    from gamification.streaks as s
    inner join l
        on s.student_id = l.student_id
    -- alive_until is the day after the last one, or after the break that followed it
    where s.today - s.alive_until >= 6
),

stuck as (
    select
        student_id,
        'stuck' as rule,
        concept_id,
        attempts as have,
        4 as need,
        last_accessed as last_event_at
    from progress.concept_progress
    where status = 'in_progress' and attempts >= 4
),

slowing as (
    select
        p.student_id,
        'slowing' as rule,
        cast(null as varchar) as concept_id,
        count(*) filter (where p.mastery_date > k.as_of - interval 14 days) as have,
        count(*) filter (where p.mastery_date <= k.as_of - interval 14 days) as need,
        max(p.mastery_date) as last_event_at
    from progress.concept_progress as p
    cross join source.clock as k
    where p.mastery_date > k.as_of - interval 28 days
    group by p.student_id
    having
        count(*) filter (where p.mastery_date <= k.as_of - interval 14 days) >= 4
        and 2 * count(*) filter (where p.mastery_date > k.as_of - interval 14 days)
        <= count(*) filter (where p.mastery_date <= k.as_of - interval 14 days)
),

flags as (
    select student_id, rule, concept_id, have, need, last_event_at from inactive
    union all
    select student_id, rule, concept_id, have, need, last_event_at from stuck
    union all
    select student_id, rule, concept_id, have, need, last_event_at from slowing
)

select
    student_id,
    rule,
    concept_id,
    cast(have as bigint) as have,
    cast(need as bigint) as need,
    last_event_at
from flags
