-- One row per try, and one per concept about which the model of mastery is asked: the next try, a day after the student's latest learning event.
-- Asked are the concepts that the student has begun, and of each subject in which they have begun one the first ten others, by id, whose prerequisites they have completed.
-- The instant is the student's own, not the clock's: so an answer changes with their events only, whoever else is computed beside them.
-- grain: student_id, place
-- scope: student
-- stored: no
-- columns:
--   student_id: the student
--   concept_id: the concept
--   item_id: the item, null where it is not known and in all that is asked
--   place: the order of the student's tries; what is asked comes after them, by concept
--   started_at: when the try began, or would begin
--   time_spent (seconds): of a try
--   score: of a try; null is asked
with student_days as (
    select student_id, max(last_accessed) + interval 1 day as asked_at
    from progress.concept_progress
    group by student_id
),

needed as (
    select concept_id, subject_id, unnest(prerequisites) as prerequisite
    from source.curriculum
),

met as (
    select p.student_id, n.concept_id, count(*) as met_count
    from needed as n
    inner join progress.concept_progress as p on n.prerequisite = p.concept_id
    where p.status != 'in_progress'
    group by p.student_id, n.concept_id
),

begun_subjects as (
    select distinct p.student_id, c.subject_id
    from progress.concept_progress as p
    inner join source.curriculum as c on p.concept_id = c.concept_id
),

open_concepts as (
    select s.student_id, c.concept_id
    from begun_subjects as s
    inner join source.curriculum as c on s.subject_id = c.subject_id
    left join met as m on s.student_id = m.student_id and c.concept_id = m.concept_id
    left join progress.concept_progress as p
        on s.student_id = p.student_id and c.concept_id = p.concept_id
    where p.concept_id is null and coalesce(m.met_count, 0) = len(c.prerequisites)
    qualify row_number() over (partition by s.student_id, s.subject_id order by c.concept_id) <= 10
),

asked as (
    select student_id, concept_id from progress.concept_progress
    union all
    select student_id, concept_id from open_concepts
),

tried as (
    select student_id, count(*) as try_count
    from progress.tries
    group by student_id
)

select
    student_id,
    concept_id,
    item_id,
    place,
    started_at,
    time_spent,
    score
from progress.tries
union all
select
    a.student_id,
    a.concept_id,
    cast(null as varchar) as item_id,
    coalesce(t.try_count, 0)
    + row_number() over (partition by a.student_id order by a.concept_id) as place,
    d.asked_at as started_at,
    cast(null as integer) as time_spent,
    cast(null as double) as score
from asked as a
inner join student_days as d on a.student_id = d.student_id
left join tried as t on a.student_id = t.student_id
