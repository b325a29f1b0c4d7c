-- Two events with one id and different content: the first received counts, this names the other.
-- severity: warn
select event_id, student_id, received_at
from source.conflicts
