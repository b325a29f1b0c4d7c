-- One student's row of a list and period with the two rows before and after it.
with you as (
    select place
    from gamification.leaderboard
    where
        scope = $scope
        and scope_id = $scope_id
        and period = $period
        and student_id = $student_id
)

select l.student_id, l.alias, l.points, l.rank, l.place
from gamification.leaderboard as l
inner join you as y on l.place >= y.place - 2 and l.place <= y.place + 2
where l.scope = $scope and l.scope_id = $scope_id and l.period = $period
order by l.place
