-- The first events of one student's concepts up to the end of a range, with the student's day of each.
select
    m.concept_id,
    m.milestone,
    m.local_date
from progress.concept_milestones as m
where
    m.student_id = $student_id
    and m.milestone in ('started', 'completed', 'mastered')
    and m.local_date < cast($end_day as date)
order by m.concept_id, m.milestone
