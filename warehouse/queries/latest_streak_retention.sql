-- How many streaks of a week before the snapshot go on.
select
    r.live_count,
    r.kept_count,
    r.retention
from metrics.streak_retention as r
