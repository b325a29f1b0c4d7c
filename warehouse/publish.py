"""What a snapshot says of itself, and the last look at it before it becomes the current one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.build_report import BuildReport, BuildRequest
from warehouse.catalog import Catalog
from warehouse.connections import peek, peeking
from warehouse.errors import BuildFailed
from warehouse.rules import Rules
from warehouse.suppliers import Suppliers


def identity(
    catalog: Catalog, rules: Rules, suppliers: Suppliers, curriculum: pa.Table
) -> dict[str, str]:
    """What must be the same for a snapshot to be continued rather than made anew."""
    concepts = repr(
        [
            (c["concept_id"], c["subject_id"], tuple(c["prerequisites"]))
            for c in curriculum.to_pylist()
        ]
    )
    return {
        "code_version": catalog.fingerprint,
        "rules_fingerprint": rules.fingerprint,
        "curriculum_fingerprint": hashlib.sha256(concepts.encode()).hexdigest()[:16],
        "models_fingerprint": suppliers.fingerprint,
    }


def describe(
    con: duckdb.DuckDBPyConnection,
    report: BuildReport,
    request: BuildRequest,
    made_of: Mapping[str, str],
    rules_version: str,
) -> int:
    """Write schema `meta`: what the snapshot was made from and when; returns its event count."""
    con.execute("create schema if not exists meta")
    con.execute("create or replace table meta.tables (name text, row_count bigint, seconds double)")
    runs = [(name, run.row_count, run.seconds) for name, run in report.tables.items()]
    if runs:
        rows = ", ".join(["(?, ?, ?)"] * len(runs))
        con.execute(f"insert into meta.tables values {rows}", [v for run in runs for v in run])
    con.execute(
        f"""create or replace table meta.snapshot as
        select
            ? as snapshot_id, ?::timestamptz as as_of, ?::timestamptz as built_at,
            ?::timestamptz as known_at, ? as why_full, ? as rules_version, ? as engine,
            {", ".join(f"? as {name}" for name in made_of)},
            (select coalesce(sum(event_count), 0) from source.history)
            + (select count(*) from source.recent_events) as event_count""",
        [
            report.snapshot_id,
            report.as_of,
            request.now,
            request.known_at,
            report.why_full,
            rules_version,
            duckdb.__version__,
            *made_of.values(),
        ],
    )
    row = con.execute("select event_count::bigint from meta.snapshot").fetchone()
    return int(row[0]) if row else 0


def verify(workspace: Path, report: BuildReport) -> None:
    """Open the finished, closed file as a reader does and count the rows of every stored table.

    Raises:
        BuildFailed: the file does not open, or a count differs from what was written.
    """
    try:
        with peeking(workspace) as ask:
            stored = {
                row[0]
                for row in ask("select schema_name || '.' || table_name from duckdb_tables()")
            }
            made = {
                n: rows for n, rows in ask("select name, row_count from meta.tables") if n in stored
            }
            counts = " union all ".join(f"select '{name}', count(*) from {name}" for name in made)
            for name, found in ask(counts):
                if found != made[name]:
                    raise BuildFailed(f"{name} has {found} rows on disk, {made[name]} were made.")
    except duckdb.Error as error:
        raise BuildFailed(
            f"Snapshot {report.snapshot_id} does not open: {error}.", cure="Check the disk."
        ) from error


def contained(snapshot: Path, batches: Iterable[str]) -> list[str]:
    """Those of the batches that a published file holds."""
    asked = list(batches)
    if not asked:
        return []
    held = {row[0] for row in peek(snapshot, "select file from source.files")}
    return [batch for batch in asked if f"{batch}.parquet" in held]
