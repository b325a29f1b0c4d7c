-- One row per badge and ISO week in which it was earned (semantics 7, badge frequency).
-- grain: badge_id, week_start
-- scope: cohort
-- columns:
--   badge_id: the badge
--   week_start: Monday of the week of the students' days
--   earned_count (badges): times it was earned, once per subject for badges of a subject; adds up
--   student_count (students): students who earned it
select
    badge_id,
    cast(date_trunc('week', local_date) as date) as week_start,
    count(*) as earned_count,
    count(distinct student_id) as student_count
from gamification.badges
group by badge_id, date_trunc('week', local_date)
