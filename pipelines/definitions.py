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
from pipelines.automation import (
    hourly,
    inbox_sensor,
    monday_reports,
    nightly,
    reports_job,
    training_job,
    warehouse_job,
    weekly,
)
from pipelines.learning.assets import TrainingRun, training_assets
from pipelines.report_assets import class_reports_asset, weekly_mails
from pipelines.resource import WarehouseRun
from warehouse.catalog import Catalog, load_catalog
from warehouse.settings import load_settings


def build_defs(catalog: Catalog | None = None) -> dg.Definitions:
    """Assemble assets, checks, job, schedules and sensor from a catalog of SQL files."""
    tables, zone = catalog or load_catalog(), load_settings().default_timezone
    return dg.Definitions(
        assets=[
            lake_events,
            source_events,
            source_history,
            tables_asset(tables),
            snapshot_asset(tables),
            notification_outbox,
            weekly_mails,
            class_reports_asset(zone),
            *training_assets(),
        ],
        resources={"warehouse": WarehouseRun(), "trainer": TrainingRun()},
        jobs=[warehouse_job, training_job, reports_job],
        schedules=[hourly, nightly, weekly, monday_reports(zone)],
        sensors=[inbox_sensor],
        executor=dg.in_process_executor,
    )


defs = build_defs()
