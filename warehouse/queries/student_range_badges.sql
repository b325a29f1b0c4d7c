-- The badges that one student earned on the days of a range, oldest first.
select
    b.badge_id,
    b.subject_id,
    b.earned_at,
    b.local_date
from gamification.badges as b
where
    b.student_id = $student_id
    and b.local_date >= cast($first_day as date)
    and b.local_date < cast($end_day as date)
order by b.earned_at, b.badge_id, b.subject_id
