-- How many notifications of each kind there are.
select
    kind,
    cast(sum(created_count) as bigint) as created_count,
    cast(sum(late_count) as bigint) as late_count
from notifications.notification_counts
group by kind
order by kind
