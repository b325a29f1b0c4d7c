-- One row per student and subject of whose concepts every one is mastered (concepts in the curriculum as of `as_of`).
-- grain: student_id, subject_id
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   subject_id: the subject
--   occurred_at: when the last of its concepts was first mastered
--   event_id: that event
--   local_date: the student's day
with sizes as (
    select subject_id, count(*) as size
    from source.curriculum
    group by subject_id
),

mastered as (
    select
        m.student_id,
        m.subject_id,
        arg_max(
            struct_pack(at := m.occurred_at, id := m.event_id, day := m.local_date), m.place
        ) as met
    from progress.concept_milestones as m
    inner join sizes as z on m.subject_id = z.subject_id
    where m.milestone = 'mastered'
    group by m.student_id, m.subject_id, z.size
    having count(*) = z.size
)

select
    student_id,
    subject_id,
    met.at as occurred_at,
    met.id as event_id,
    met.day as local_date
from mastered
