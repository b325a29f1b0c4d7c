-- One row per student who mastered a concept in the 28 days up to the as-of instant: how many there were.
-- grain: student_id
-- scope: student
-- refresh: all
-- columns:
--   student_id: the student
--   in_14_days (concepts): first mastered in the last 14 days
--   in_28_days (concepts): first mastered in the last 28 days
--   mastered_at: the last of these masteries
select
    p.student_id,
    count(*) filter (where p.mastery_date > k.as_of - interval 14 days) as in_14_days,
    count(*) as in_28_days,
    max(p.mastery_date) as mastered_at
from progress.concept_progress as p
cross join source.clock as k
where p.mastery_date > k.as_of - interval 28 days
group by p.student_id
