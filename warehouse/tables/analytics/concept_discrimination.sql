-- One row per concept in which at least 5 students have a first score, and one in another concept too: how well it tells apart who does well elsewhere and who does not (semantics 7).
-- grain: concept_id
-- scope: cohort
-- columns:
--   concept_id: the concept
--   student_count (students): students with a first score in it and in another concept
--   discrimination (-1 to 1): correlation of their first scores in it with their mean first score in the other concepts, -1 to 1; null where either is the same for all
-- Whole billionths add up exactly, in any order: a correlation of floats would not. A product of two
-- fits a bigint, and sums of bigints are wider; a student's sum is below what a double holds exactly.
with scores as (
    select student_id, concept_id, cast(round(1000000000 * first_score) as bigint) as x
    from progress.concept_progress
    where first_score is not null
),

others as (
    select
        concept_id,
        x,
        cast(sum(x) over of_student as double) - x as rest,
        count(*) over of_student - 1 as rest_count
    from scores
    window of_student as (partition by student_id)
),

pairs as (
    select concept_id, x, cast(round(rest / rest_count) as bigint) as y
    from others
    where rest_count > 0
),

sums as (
    select
        concept_id,
        count(*) as student_count,
        count(*) * sum(x * y) - sum(x) * sum(y) as xy,
        count(*) * sum(x * x) - sum(x) * sum(x) as xx,
        count(*) * sum(y * y) - sum(y) * sum(y) as yy
    from pairs
    group by concept_id
    having count(*) >= 5
)

select
    concept_id,
    student_count,
    case
        when xx > 0 and yy > 0
            then cast(xy as double) / (sqrt(cast(xx as double)) * sqrt(cast(yy as double)))
    end as discrimination
from sums
