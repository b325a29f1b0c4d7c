-- How hard concepts are; those that fewer than 5 students have tried have no row.
select concept_id, student_count, difficulty, median_attempts_to_mastery, stuck_share
from analytics.concept_difficulty
