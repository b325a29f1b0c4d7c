-- How many students learned on the last day of the snapshot, and before it.
select
    a.local_date,
    a.dau,
    a.wau,
    a.mau,
    a.sessions,
    a.average_session_minutes
from metrics.daily_activity as a
order by a.local_date desc
limit 1
