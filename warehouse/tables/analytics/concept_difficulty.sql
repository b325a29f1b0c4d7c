-- One row per concept that at least 5 students have tried: how hard it is (semantics 7). Each figure that fewer than 5 students stand behind is null.
-- grain: concept_id
-- scope: cohort
-- columns:
--   concept_id: the concept
--   student_count (students): students with a learning event in it
--   scored_count (students): those with a scored event
--   mastered_count (students): those who mastered it
--   difficulty (0 to 1): 1 minus the mean of the students' first scores
--   median_attempts_to_mastery (attempts): median of the attempts up to the first mastered event
--   stuck_share (0 to 1): share of the students with 4 or more attempts who have not completed it
with tried as (
    select
        concept_id,
        count(*) as student_count,
        count(first_score) as scored_count,
        sum(cast(coalesce(first_score, 0) as decimal(18, 16))) as first_score_sum,
        count(*) filter (where status = 'in_progress' and attempts >= 4) as stuck_count
    from progress.concept_progress
    group by concept_id
),

mastered as (
    select concept_id, count(*) as mastered_count, median(attempts) as median_attempts
    from analytics.mastery_attempts
    group by concept_id
)

select
    t.concept_id,
    t.student_count,
    t.scored_count,
    coalesce(m.mastered_count, 0) as mastered_count,
    case
        when t.scored_count >= 5
            then 1 - cast(t.first_score_sum as double) / t.scored_count
    end as difficulty,
    case when m.mastered_count >= 5 then m.median_attempts end as median_attempts_to_mastery,
    cast(t.stuck_count as double) / t.student_count as stuck_share
from tried as t
left join mastered as m on t.concept_id = m.concept_id
where t.student_count >= 5
