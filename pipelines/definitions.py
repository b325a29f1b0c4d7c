"""The one assembly of everything that Dagster runs."""

import dagster as dg

from pipelines.assets import (
    lake_events,
    notification_outbox,
    snapshot_asset,
    source_events,
    source_history,
    tables_asset,
)
from pipelines.automation import hourly, inbox_sensor, nightly, warehouse_job
from pipelines.resource import WarehouseRun
from warehouse.catalog import Catalog, load_catalog


def build_defs(catalog: Catalog | None = None) -> dg.Definitions:
    """Assemble assets, checks, job, schedules and sensor from a catalog of SQL files."""
    tables = catalog or load_catalog()
    return dg.Definitions(
        assets=[
            lake_events,
            source_events,
            source_history,
            tables_asset(tables),
            snapshot_asset(tables),
            notification_outbox,
        ],
        resources={"warehouse": WarehouseRun()},
        jobs=[warehouse_job],
        schedules=[hourly, nightly],
        sensors=[inbox_sensor],
        executor=dg.in_process_executor,
    )


defs = build_defs()
