-- One row per student and subject with a learning event: scores, its share of the time and of the events, and its place among the student's subjects (semantics 7).
-- grain: student_id, subject_id
-- scope: student
-- columns:
--   student_id: the student
--   subject_id: a subject of the curriculum
--   event_count (events): learning events
--   scored_count (events): those with a score
--   average_score (0 to 1): mean score, null without one
--   time_spent (seconds): time spent
--   event_share (0 to 1): its part of the learning events in subjects of the curriculum; a student's add up to 1
--   time_share (0 to 1): its part of the time spent on them, likewise; null where no time was spent
--   strength_rank: 1 to 3 for the highest means among subjects with at least 3 scored events, ties by id, else null
--   improvement_rank: 1 to 3 for the lowest such means below 0.7, ties by id, else null
with subjects as (
    select
        p.student_id,
        c.subject_id,
        sum(p.event_count) as event_count,
        sum(p.scored_count) as scored_count,
        case
            when sum(p.scored_count) > 0
                then cast(sum(p.score_sum) as double) / sum(p.scored_count)
        end as average_score,
        sum(p.total_time_spent) as time_spent
    from progress.concept_progress as p
    inner join source.curriculum as c on p.concept_id = c.concept_id
    group by p.student_id, c.subject_id
),

ranked as (
    select
        *,
        sum(event_count) over (partition by student_id) as event_total,
        sum(time_spent) over (partition by student_id) as time_total,
        -- rounded, since 23.2 / 29 and 21.6 / 27 are equal but for their last bit
        row_number() over (
            partition by student_id, scored_count >= 3
            order by round(average_score, 12) desc, subject_id
        ) as strength,
        row_number() over (
            partition by student_id, scored_count >= 3
            order by round(average_score, 12), subject_id
        ) as weakness
    from subjects
)

select
    student_id,
    subject_id,
    cast(event_count as bigint) as event_count,
    cast(scored_count as bigint) as scored_count,
    average_score,
    cast(time_spent as bigint) as time_spent,
    cast(event_count as double) / event_total as event_share,
    case when time_total > 0 then cast(time_spent as double) / time_total end as time_share,
    case when scored_count >= 3 and strength <= 3 then strength end as strength_rank,
    case
        when scored_count >= 3 and weakness <= 3 and round(average_score, 12) < 0.7 then weakness
    end as improvement_rank
from ranked
