"""The assets of the warehouse: the lake, the events, one for each table, the published snapshot.

Their edges are the lineage of the SQL. One op makes all tables, a chunk of students at a time
(docs/decisions/0003), and reports each as its own asset with its rows, duration and checks.
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from pipelines.learning import drift
from pipelines.learning.assets import champion_key
from pipelines.learning.kinds import KINDS
from pipelines.notifying.channels import enabled_channels
from pipelines.notifying.noticing import enqueue_published
from pipelines.resource import WarehouseRun
from warehouse.catalog import Catalog, Table
from warehouse.checks import CheckResult, declared
from warehouse.clock import utc_now
from warehouse.errors import StoreUnavailable
from warehouse.outcomes import outcomes
from warehouse.reader import Reader

LAKE = dg.AssetKey(["lake", "events"])
EVENTS = dg.AssetKey(["source", "events"])
HISTORY = dg.AssetKey(["source", "history"])
SNAPSHOT = dg.AssetKey(["meta", "snapshot"])
OUTBOX = dg.AssetKey(["notifications", "outbox"])
FORETOLD = "predictions.concept_mastery"
FRESH = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=3), warn_window=timedelta(hours=2)
)


def built_tables(catalog: Catalog) -> list[Table]:
    """The tables that a build makes: the stored ones and all on the way to them."""
    stored = [table for table in catalog.ordered if table.stored]
    on_the_way = {table.name for table in catalog.upstream(t.name for t in stored)}
    return [table for table in catalog.ordered if table.name in on_the_way]


@dg.asset(key=LAKE, group_name="lake", kinds={"parquet"})
def lake_events(
    context: dg.AssetExecutionContext, warehouse: WarehouseRun
) -> dg.MaterializeResult[None]:
    """Acknowledged events, moved durably from the inbox into Parquet."""
    try:
        landed = warehouse.build.land()
    except StoreUnavailable as error:
        context.log.warning("The store did not answer: %s", error)
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=5) from error
    return dg.MaterializeResult(
        metadata={"landed_events": landed, "files": len(warehouse.build.lake.files())}
    )


@dg.asset(key=EVENTS, deps=[LAKE], group_name="source", kinds={"parquet", "duckdb"})
def source_events(warehouse: WarehouseRun) -> dg.MaterializeResult[None]:
    """Every event once, where the tables read it; an incremental run takes touched students."""
    warehouse.build.gather()
    report = warehouse.build.report
    return dg.MaterializeResult(
        metadata={
            "mode": "full" if report.why_full else "incremental",
            "why_full": report.why_full or "-",
            "new_events": report.new_events,
            "touched_students": report.touched_students,
            "duration_seconds": report.seconds["gather"],
        }
    )


@dg.asset(key=HISTORY, deps=[EVENTS], group_name="source", kinds={"parquet"})
def source_history(warehouse: WarehouseRun) -> dg.MaterializeResult[None]:
    """Events by range of students, where live answers find one student; kept while it is young."""
    written = warehouse.build.index()
    return dg.MaterializeResult(
        metadata={
            "written": written,
            "duration_seconds": warehouse.build.report.seconds["index"],
        }
    )


def tables_asset(catalog: Catalog) -> dg.AssetsDefinition:
    """One asset for each table of the catalog, made together by one op."""
    tables = built_tables(catalog)
    checks = declared(catalog)

    @dg.multi_asset(
        name="tables",
        specs=[_spec(catalog, table) for table in tables],
        check_specs=[
            dg.AssetCheckSpec(check.name, asset=_key(check.table), blocking=check.blocking)
            for check in checks
        ]
        + [dg.AssetCheckSpec(name, asset=_key(FORETOLD), blocking=False) for name in drift.NAMES],
        can_subset=False,
    )
    def _tables(
        warehouse: WarehouseRun,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        runs = warehouse.build.fill()
        for table in tables:
            run = runs[table.name]
            yield dg.MaterializeResult(
                asset_key=_key(table.name),
                metadata={
                    "dagster/row_count": run.row_count,
                    "duration_seconds": round(run.seconds, 4),
                },
            )
        for check in warehouse.build.report.checks:
            yield _check_result(check)
        yield from _drift(warehouse)

    return _tables


def _drift(warehouse: WarehouseRun) -> Iterator[dg.AssetCheckResult]:
    """How the models in use stand to the students of this build."""
    build, given = warehouse.build, warehouse.foretelling
    found = drift.drifts(
        given.spread,
        outcomes(build.con),
        given.suppliers.models.to_pylist(),
        full=bool(build.report.why_full),
    )
    for each in found:
        yield dg.AssetCheckResult(
            asset_key=_key(FORETOLD),
            check_name=each.name,
            passed=each.passed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata=each.told,
        )


def snapshot_asset(catalog: Catalog) -> dg.AssetsDefinition:
    """The snapshot that readers see next, published when no blocking check has failed."""

    @dg.asset(
        key=SNAPSHOT,
        deps=[HISTORY, *(_key(t.name) for t in built_tables(catalog) if t.stored)],
        group_name="meta",
        kinds={"duckdb"},
        freshness_policy=FRESH,
        description=snapshot_asset.__doc__,
    )
    def _snapshot(warehouse: WarehouseRun) -> dg.MaterializeResult[None]:
        snapshot_id = warehouse.build.publish()
        report = warehouse.build.report
        return dg.MaterializeResult(
            metadata={
                "snapshot_id": snapshot_id,
                "as_of": report.as_of.isoformat(),
                "event_count": report.event_count,
                **{f"{step}_seconds": round(s, 3) for step, s in report.seconds.items()},
            }
        )

    return _snapshot


@dg.asset(
    key=OUTBOX,
    deps=[SNAPSHOT, dg.AssetKey(["notifications", "notifications"])],
    group_name="notifications",
)
def notification_outbox(
    context: dg.AssetExecutionContext, warehouse: WarehouseRun
) -> dg.MaterializeResult[None]:
    """What the snapshot newly tells somebody waits here for `spool notify`, once a channel."""
    settings, store = warehouse.build.settings, warehouse.build.store
    reader = Reader(settings, store)
    try:
        made = enqueue_published(reader, store, enabled_channels(settings), now=utc_now())
    except StoreUnavailable as error:
        context.log.warning("The store did not answer: %s", error)
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=5) from error
    finally:
        reader.close()
    return dg.MaterializeResult(metadata={"new_entries": made})


def _spec(catalog: Catalog, table: Table) -> dg.AssetSpec:
    needed = catalog.needs(table.name)
    deps = [_key(name) for name in sorted(needed) if not name.startswith("source.")]
    if "source.events" in table.reads:
        deps.append(EVENTS)
    # a table of one kind of prediction; one that takes the models' ids alone has these already
    deps += [champion_key(kind) for kind in KINDS.values() if table.reads & set(kind.foretells)]
    columns = [
        dg.TableColumn(c.name, description=f"{c.meaning} ({c.unit})" if c.unit else c.meaning)
        for c in table.columns
    ]
    return dg.AssetSpec(
        _key(table.name),
        deps=deps,
        group_name=table.schema,
        description=table.sentence,
        kinds={"sql", "duckdb"},
        metadata={
            "dagster/column_schema": dg.TableSchema(columns=columns),
            "grain": ", ".join(table.grain),
            "stored": table.stored,
            "sql": dg.MetadataValue.md(f"```sql\n{table.sql}\n```"),
        },
    )


def _key(name: str) -> dg.AssetKey:
    return dg.AssetKey(name.split("."))


def _check_result(check: CheckResult) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=_key(check.table),
        check_name=check.name,
        passed=check.passed,
        severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
        metadata={"rows_found": check.failures, "sample": "\n".join(check.sample) or "-"},
    )
