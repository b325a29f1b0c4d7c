-- One row per student with any event: which day it is for them at the as-of instant (semantics 4).
-- grain: student_id
-- scope: student
-- refresh: all
-- columns:
--   student_id: the student
--   time_zone: the profile's zone, else that of the latest learning event, else the default
--   today: the day of the as-of instant in that zone
with zones as (
    select
        s.student_id,
        coalesce(p.time_zone, s.time_zone, k.default_time_zone) as time_zone,
        k.as_of
    from progress.students as s
    cross join source.clock as k
    left join source.students as p on s.student_id = p.student_id
)

select
    student_id,
    time_zone,
    cast(timezone(time_zone, as_of) as date) as today
from zones
