"""When things are made: Dagster assets, schedules and sensors, and the `spool` command line."""
