-- Who was active on the last 30 days, oldest first.
select a.local_date, a.dau, a.wau, a.mau, a.stickiness, a.sessions, a.average_session_minutes
from metrics.daily_activity as a
where a.local_date > (select cast(as_of as date) - 30 as earliest from source.clock)
order by a.local_date
