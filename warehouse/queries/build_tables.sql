-- What the build behind the snapshot made: rows and seconds of each table.
select
    name,
    row_count,
    seconds
from meta.tables
order by name
