-- One row per guardian and child of theirs with any event of whom they may hear: consent and validity allow it at the as-of instant.
-- grain: guardian_id, student_id
-- scope: student
-- refresh: all
-- columns:
--   guardian_id: who may be told
--   student_id: the child
select
    g.guardian_id,
    g.student_id
from source.guardians as g
inner join progress.students as s on g.student_id = s.student_id
cross join source.clock as k
where
    g.consent
    and (g.valid_from is null or g.valid_from <= k.as_of)
    and (g.valid_until is null or g.valid_until > k.as_of)
