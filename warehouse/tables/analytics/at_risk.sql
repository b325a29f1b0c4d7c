-- One row per student and reason why an educator should look (semantics 7, at risk).
-- inactive: active before, and no learning for 7 days or more that lie in no planned break. stuck: a concept with 4 or more attempts that is not completed. slowing: mastered in the last 14 days at most half of the 14 days before, which had at least 4. predicted: the model of risk flags the student for no learning in the next 14 days, of whom the rule inactive says nothing yet.
-- grain: student_id, rule, concept_id
-- scope: student
-- refresh: due
-- columns:
--   student_id: the student
--   rule: inactive, stuck, slowing or predicted
--   concept_id: the concept, for stuck
--   have: days without learning; attempts; concepts mastered in the last 14 days; the probability in 100
--   need: 7 days; 4 attempts; concepts mastered in the 14 days before; the threshold in 100
--   last_event_at: the latest event that the rule looks at: the last learning (inactive, predicted), the last try, the last mastery
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
        student_id,
        'slowing' as rule,
        cast(null as varchar) as concept_id,
        in_14_days as have,
        in_28_days - in_14_days as need,
        mastered_at as last_event_at
    from analytics.mastered_lately
    where in_28_days - in_14_days >= 4 and 2 * in_14_days <= in_28_days - in_14_days
),

predicted as (
    select
        p.student_id,
        'predicted' as rule,
        cast(null as varchar) as concept_id,
        round(100 * p.probability) as have,
        round(100 * p.threshold) as need,
        l.last_event_at
    from source.predicted_risk as p
    inner join l on p.student_id = l.student_id
    left join inactive as i on p.student_id = i.student_id
    where p.outcome = 'inactive' and p.is_flagged and i.student_id is null
),

flags as (
    select student_id, rule, concept_id, have, need, last_event_at from inactive
    union all
    select student_id, rule, concept_id, have, need, last_event_at from stuck
    union all
    select student_id, rule, concept_id, have, need, last_event_at from slowing
    union all
    select student_id, rule, concept_id, have, need, last_event_at from predicted
)

select
    student_id,
    rule,
    concept_id,
    cast(have as bigint) as have,
    cast(need as bigint) as need,
    last_event_at
from flags
