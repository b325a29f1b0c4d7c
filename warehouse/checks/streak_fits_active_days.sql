-- The runs of a student cover exactly their active days.
select s.student_id, s.active_days, sum(r.day_count) as days_in_runs
from progress.students as s
left join gamification.streak_runs as r on s.student_id = r.student_id
group by s.student_id, s.active_days
having coalesce(sum(r.day_count), 0) != s.active_days
