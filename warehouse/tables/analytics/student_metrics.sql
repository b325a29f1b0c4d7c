-- One row per student with any event: the figures of the whole time up to the as-of instant (semantics 7).
-- grain: student_id
-- scope: student
-- refresh: due
-- columns:
--   student_id: the student
--   concepts_started (concepts): concepts with a learning event
--   concepts_completed (concepts): concepts with status completed or mastered
--   concepts_mastered (concepts): concepts with status mastered
--   total_time_spent (seconds): time spent on learning events
--   average_score (0 to 1): mean of all scored learning events, null without one
--   learning_velocity (concepts per week): concepts first mastered in the 28 days up to as-of, divided by 4
--   active_days (days): days with a learning event
--   first_active_date: first of them
--   last_active_date: last of them
with concepts as (
    select
        p.student_id,
        count(*) as concepts_started,
        count(p.concept_id) filter (where p.status != 'in_progress') as concepts_completed,
        count(p.mastery_date) as concepts_mastered,
        sum(p.total_time_spent) as total_time_spent,
        case
            when sum(p.scored_count) > 0
                then cast(sum(p.score_sum) as double) / sum(p.scored_count)
        end as average_score
    from progress.concept_progress as p
    group by p.student_id
)

select
    s.student_id,
    coalesce(c.concepts_started, 0) as concepts_started,
    coalesce(c.concepts_completed, 0) as concepts_completed,
    coalesce(c.concepts_mastered, 0) as concepts_mastered,
    cast(coalesce(c.total_time_spent, 0) as bigint) as total_time_spent,
    c.average_score,
    coalesce(m.in_28_days, 0) / 4.0 as learning_velocity,
    s.active_days,
    s.first_active_date,
    s.last_active_date
from progress.students as s
left join concepts as c on s.student_id = c.student_id
left join analytics.mastered_lately as m on s.student_id = m.student_id
