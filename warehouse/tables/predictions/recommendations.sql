-- One row per student and concept worth their next minutes: the best ones to go on with, to begin, and to come back to.
-- Only concepts of the curriculum whose prerequisites are completed. continue: begun, and the next try succeeds with a probability of 0.3 to 0.95. begin: new, with 0.4 to 0.95: neither too hard nor nothing to learn. review: completed or mastered, due 5 days after the last practice where the probability is below 0.7, 14 days where it is below 0.9, else 28.
-- Of each kind the best three: nearest to 0.7 (the success at which practice teaches most), or due first.
-- grain: student_id, concept_id
-- scope: student
-- columns:
--   student_id: the student
--   concept_id: the concept
--   kind: continue, begin or review
--   rank: the order among the student's: what is begun first, then what is due, then what is new
--   probability: P(the next try is right)
--   lower: where its interval begins
--   upper: where it ends
--   evidence_count: tries that it rests on
--   enough_evidence: false where it is a guess from others
--   due_on: review: from this day on; before it a reader leaves the row out
--   last_practised_on: the student's last day with the concept, null for a new one
--   prerequisite_count: prerequisites, all of them completed
--   model_id: the model that said so
with states as (
    select
        m.student_id,
        m.concept_id,
        m.probability,
        m.lower,
        m.upper,
        m.evidence_count,
        m.enough_evidence,
        m.model_id,
        p.last_active_date as last_practised_on,
        c.prerequisites,
        case
            when p.status is null then 'begin'
            when p.status = 'in_progress' then 'continue'
            else 'review'
        end as kind,
        case
            when p.status in ('completed', 'mastered')
                then
                    p.last_active_date
                    + case
                        when m.probability < 0.7 then 5 when m.probability < 0.9 then 14 else 28
                    end
        end as due_on
    from predictions.concept_mastery as m
    inner join source.curriculum as c on m.concept_id = c.concept_id
    left join progress.concept_progress as p
        on m.student_id = p.student_id and m.concept_id = p.concept_id
),

unnested as (
    select student_id, concept_id, unnest(prerequisites) as prerequisite
    from states
),

blocked as (
    select distinct u.student_id, u.concept_id
    from unnested as u
    left join progress.concept_progress as p
        on
            u.student_id = p.student_id
            and u.prerequisite = p.concept_id
            and p.status != 'in_progress'
    where p.concept_id is null
),

best as (
    select *
    from states
    where
        kind = 'review'
        or (kind = 'begin' and probability between 0.4 and 0.95)
        or (kind = 'continue' and probability between 0.3 and 0.95)
),

chosen as (
    select b.*
    from best as b
    left join blocked as x on b.student_id = x.student_id and b.concept_id = x.concept_id
    where x.concept_id is null
    qualify
        row_number() over (
            partition by b.student_id, b.kind
            order by b.due_on, abs(b.probability - 0.7), b.concept_id
        ) <= 3
)

select
    student_id,
    concept_id,
    kind,
    row_number() over (
        partition by student_id
        order by
            case kind when 'continue' then 1 when 'review' then 2 else 3 end,
            due_on,
            abs(probability - 0.7),
            concept_id
    ) as rank,
    probability,
    lower,
    upper,
    evidence_count,
    enough_evidence,
    due_on,
    last_practised_on,
    cast(len(prerequisites) as bigint) as prerequisite_count,
    model_id
from chosen
