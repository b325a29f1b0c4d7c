-- One row per student, concept and milestone reached, with the first event that reached it.
-- grain: student_id, concept_id, milestone
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   concept_id: the concept
--   subject_id: the concept's subject, null for a concept outside the curriculum
--   milestone: tried (any learning event), started, completed, mastered, perfect (score 1.0), achieved (completed or mastered, whichever came first)
--   occurred_at: when
--   event_id: the event that reached it, first by (occurred_at, event_id)
--   local_date: the student's day
with milestones as (
    select student_id, concept_id, 'tried' as milestone, first_tried as first_event
    from progress.concept_activity
    union all
    select student_id, concept_id, 'started' as milestone, first_started as first_event
    from progress.concept_activity
    where first_started is not null
    union all
    select student_id, concept_id, 'completed' as milestone, first_completed as first_event
    from progress.concept_activity
    where first_completed is not null
    union all
    select student_id, concept_id, 'mastered' as milestone, first_mastered as first_event
    from progress.concept_activity
    where first_mastered is not null
    union all
    select student_id, concept_id, 'perfect' as milestone, first_perfect as first_event
    from progress.concept_activity
    where first_perfect is not null
    union all
    select
        student_id,
        concept_id,
        'achieved' as milestone,
        case
            when first_mastered is null or first_completed < first_mastered then first_completed
            else first_mastered
        end as first_event
    from progress.concept_activity
    where first_completed is not null or first_mastered is not null
)

select
    m.student_id,
    m.concept_id,
    c.subject_id,
    m.milestone,
    m.first_event.at as occurred_at,
    m.first_event.id as event_id,
    m.first_event.day as local_date
from milestones as m
left join source.curriculum as c on m.concept_id = c.concept_id
