-- All tries of the students at hand, to learn from.
select student_id, concept_id, item_id, place, started_at, time_spent, score
from progress.tries
