"""From a student's events to findings in words: asks the tables, hands frames to the models."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from api.dependencies import Services
from models.insights.finding import Finding
from models.insights.search import find
from reports.insights import Level, statement
from reports.languages import SOURCE, Language
from warehouse.reader import Reader, Row, StudentReader

INSIGHT = "insight"
INSTANT = pl.Datetime("us", "UTC")
LEARNING: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "event_id": pl.String,
    "concept_id": pl.String,
    "subject_id": pl.String,
    "score": pl.Float64,
    "occurred_at": INSTANT,
    "local_date": pl.Date,
    "local_hour": pl.Int64,
    "session_number": pl.Int64,
    "session_start": INSTANT,
}
USUAL: Mapping[str, type[pl.DataType]] = {"concept_id": pl.String, "usual_score": pl.Float64}


def told_about(
    services: Services, student: StudentReader, level: Level, spoken: Language
) -> list[tuple[Finding, str]]:
    """What can be told about a student, each with its words at a reading level."""
    found = found_about(services.reader, student)
    subjects = {row["subject_id"] for row in services.reader.published().curriculum}
    said = [
        statement(
            one.look.kind,
            one.look.figures,
            one.look.effect.size,
            level,
            subjects,
            spoken.translations,
        )
        for one in found
    ]
    texts = [one.text for one in said]
    if services.rephraser and spoken.tag == SOURCE:
        texts = services.rephraser.rephrased(said, level)
    return list(zip(found, texts, strict=True))


def found_about(reader: Reader, student: StudentReader) -> list[Finding]:
    """What can be told about a student, live events counted."""
    return _found(reader, student.ask("student_learning"))


def events_behind(reader: Reader, student: StudentReader, figure: str) -> list[Row] | None:
    """The events that a finding was made from, each with its `group`; None without such a one."""
    rows = student.ask("student_learning")
    for found in _found(reader, rows):
        if found.figure == figure:
            groups = found.look.events.groups()
            return [
                {**{name: row[name] for name in _SHOWN}, "group": groups[row["event_id"]]}
                for row in rows
                if row["event_id"] in groups
            ]
    return None


def _found(reader: Reader, rows: list[Row]) -> list[Finding]:
    if not rows:
        return []
    concepts = {row["concept_id"] for row in rows}
    usual = [
        (row["concept_id"], 1 - row["difficulty"])
        for row in reader.published().once("concept_difficulties")
        if row["concept_id"] in concepts and row["difficulty"] is not None
    ]
    learning = pl.DataFrame(
        {name: [row[name] for row in rows] for name in LEARNING}, schema=dict(LEARNING)
    )
    return find(learning, pl.DataFrame(usual, schema=dict(USUAL), orient="row"), rows[-1]["today"])


_SHOWN = (
    "event_id",
    "event_type",
    "concept_id",
    "item_id",
    "score",
    "time_spent",
    "occurred_at",
    "local_date",
)
