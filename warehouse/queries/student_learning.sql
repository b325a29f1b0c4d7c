-- Everything that one student learned, in order: the session of each event, and (in the last row) what day it is for the student.
select
    e.event_id,
    e.event_type,
    e.concept_id,
    e.item_id,
    e.score,
    e.time_spent,
    e.occurred_at,
    e.local_date,
    e.local_hour,
    c.subject_id,
    s.session_number,
    s.session_start,
    cast(
        timezone(coalesce(p.time_zone, e.time_zone, k.default_time_zone), k.as_of) as date
    ) as today
from source.events as e
cross join source.clock as k
left join source.curriculum as c on e.concept_id = c.concept_id
left join source.students as p on e.student_id = p.student_id
-- sessions do not overlap: an event belongs to the latest that has begun
asof join analytics.sessions as s
    on
        e.student_id = s.student_id
        and e.occurred_at >= s.session_start
where
    e.student_id = $student_id
    and e.occurred_at <= k.as_of
    and e.event_type in ('started', 'attempted', 'completed', 'mastered')
order by e.occurred_at, e.event_id
