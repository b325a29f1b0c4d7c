-- The first `limit` rows of one list and period, down the list.
select student_id, alias, points, rank, place
from gamification.leaderboard
where scope = $scope and scope_id = $scope_id and period = $period and place <= $limit
order by place
