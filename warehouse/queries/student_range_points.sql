-- The points of one student on each day of a range, by reason.
select
    l.local_date,
    l.reason,
    cast(sum(l.points) as bigint) as points,
    count(*) as award_count
from gamification.point_ledger as l
where
    l.student_id = $student_id
    and l.local_date >= cast($first_day as date)
    and l.local_date < cast($end_day as date)
group by l.local_date, l.reason
order by l.local_date, l.reason
