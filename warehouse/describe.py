"""Writes docs/metrics.md: what figures mean, from headers of the SQL, metrics and rules.

`python -m warehouse.describe` writes the page; with `--check` it says whether it is up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from warehouse.catalog import LAYERS, Catalog, Table, load_catalog
from warehouse.checks import declared
from warehouse.metrics import Metric, load_metrics
from warehouse.rules import Rules, load_rules
from warehouse.supplied import SUPPLIED

PAGE = Path(__file__).resolve().parent.parent / "docs" / "metrics.md"
INTRODUCTION = """# What every number means

Generated from the headers of `warehouse/tables`, from `warehouse/metrics.toml` and from
`warehouse/rules.toml` by `python -m warehouse.describe`; change it there. Times are
UTC instants, dates are the student's own days. A table that is not stored is computed on the way to
the others, or for one student when asked.
"""


def page(catalog: Catalog, rules: Rules) -> str:
    """The whole page as Markdown."""
    metrics = load_metrics(catalog).values()
    parts = [INTRODUCTION, *_metrics(metrics), *_rules(rules), *_tables(catalog)]
    return "\n".join(parts).rstrip() + "\n"


def _metrics(metrics: Iterable[Metric]) -> Iterator[str]:
    yield "## Metrics\n"
    yield "| metric | id | unit | totals | column |\n|---|---|---|---|---|"
    for metric in metrics:
        totals = f"mean, weighted by {metric.weight}" if metric.weight else metric.totals
        yield (
            f"| {metric.label} | {metric.id} | {metric.unit} | {totals}"
            f" | {metric.table}.{metric.column} |"
        )
    yield ""


def _rules(rules: Rules) -> Iterator[str]:
    yield f"## Rules {rules.version}\n"
    yield "| reason | points |\n|---|---|"
    yield from (f"| {reason} | {points} |" for reason, points in rules.points.model_dump().items())
    yield "\n| level | name | from points |\n|---|---|---|"
    yield from (
        f"| {number} | {level.name} | {level.from_points} |"
        for number, level in enumerate(rules.levels, 1)
    )
    yield "\n| badge | description | metric | window | threshold | points |"
    yield "|---|---|---|---|---|---|"
    yield from (
        f"| {badge.id} | {badge.description} | {badge.metric} | {badge.window}"
        f" | {badge.threshold} | {badge.points_value} |"
        for badge in rules.badges
    )
    yield ""


REFRESHED = {
    "touched": "students with new events",
    "due": "students with new events, and those for whom what it reads has changed",
    "all": "everybody",
}


def _tables(catalog: Catalog) -> Iterator[str]:
    for layer in LAYERS:
        tables = [table for table in catalog.ordered if table.schema == layer]
        if tables:
            yield f"## {layer}\n"
        for table in tables:
            yield from _table(catalog, table)


def _table(catalog: Catalog, table: Table) -> Iterator[str]:
    readers = sorted(t.name for t in catalog.tables.values() if table.name in catalog.needs(t.name))
    checks = sorted(check.name for check in declared(catalog) if check.table == table.name)
    stored = "stored" if table.stored else "not stored"
    refreshed = REFRESHED["all" if table.scope == "cohort" else table.refresh]
    yield f"### {table.name}\n"
    yield f"{table.sentence}\n"
    yield f"- grain: {', '.join(table.grain)}; scope: {table.scope}"
    yield f"- {stored}; refreshed for {refreshed}"
    yield f"- reads: {', '.join(_read(name) for name in sorted(table.reads))}"
    yield f"- read by: {', '.join(readers) or 'queries only'}"
    yield f"- checks: {', '.join(checks) or 'those of the tables that read it'}\n"
    yield "| column | unit | meaning |\n|---|---|---|"
    for column in table.columns:
        yield f"| {column.name} | {column.unit or ''} | {column.meaning} |"
    yield ""


def _read(name: str) -> str:
    supplied = SUPPLIED.get(name)
    return f"{name} (models make it from {', '.join(supplied.reads)})" if supplied else name


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` compare it; returns the exit code."""
    text = page(load_catalog(), load_rules())
    if "--check" not in arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(
        "docs/metrics.md does not say what the SQL says: run python -m warehouse.describe.\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
