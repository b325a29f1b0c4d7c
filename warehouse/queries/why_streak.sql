-- The first learning event of each day of one student's latest run of active days, oldest first.
with latest as (
    select max(run_start) as run_start
    from gamification.streak_days
    where student_id = $student_id
)

select
    d.streak_day,
    e.event_id,
    e.event_type,
    e.concept_id,
    e.item_id,
    e.score,
    e.time_spent,
    e.occurred_at,
    d.local_date
from gamification.streak_days as d
inner join latest as r on d.run_start = r.run_start
inner join source.events as e on d.event_id = e.event_id
where d.student_id = $student_id
order by d.local_date
