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
--   place: the event's place among the student's, as in staging.learning_events
with milestones as (
    select student_id, concept_id, 'tried' as milestone, first_tried as place
    from progress.concept_activity
    union all
    select student_id, concept_id, 'started' as milestone, first_started as place
    from progress.concept_activity
    where first_started is not null
    union all
    select student_id, concept_id, 'completed' as milestone, first_completed as place
    from progress.concept_activity
    where first_completed is not null
    union all
    select student_id, concept_id, 'mastered' as milestone, first_mastered as place
    from progress.concept_activity
    where first_mastered is not null
    union all
    select student_id, concept_id, 'perfect' as milestone, first_perfect as place
    from progress.concept_activity
    where first_perfect is not null
    union all
    select
        student_id,
        concept_id,
        'achieved' as milestone,
        least(first_completed, first_mastered) as place
    from progress.concept_activity
    where first_completed is not null or first_mastered is not null
)

select
    m.student_id,
    m.concept_id,
    c.subject_id,
    m.milestone,
    e.occurred_at,
    e.event_id,
    e.local_date,
    m.place
from milestones as m
inner join staging.learning_events as e on m.student_id = e.student_id and m.place = e.place
left join source.curriculum as c on m.concept_id = c.concept_id
