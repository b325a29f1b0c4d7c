-- How hard these concepts are; those that fewer than 5 students have tried have no row.
select concept_id, student_count, difficulty, median_attempts_to_mastery, stuck_share
from analytics.concept_difficulty
where concept_id in (select unnest($concept_ids))
