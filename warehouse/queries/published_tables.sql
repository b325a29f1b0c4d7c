-- The names of all tables of the snapshot.
select schema_name || '.' || table_name as name
from duckdb_tables()
order by name
