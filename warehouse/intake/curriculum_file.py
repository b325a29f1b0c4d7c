"""The curriculum as CSV: `concept_id,name,subject_id[,prerequisites]`, prerequisites with `;`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from warehouse.errors import InvalidEvent, UnreadableFile
from warehouse.intake.csv_rows import csv_table
from warehouse.intake.rows import Position, opened, reading
from warehouse.store.curriculum import Concept, InvalidCurriculum
from warehouse.store.database import Store

COLUMNS = ("concept_id", "name", "subject_id")
PREREQUISITES = "prerequisites"


def import_curriculum(store: Store, path: Path) -> int:
    """Add or replace the concepts of a file, all or none; every problem is named by its line."""
    lines: dict[str, int] = {}
    concepts: list[Concept] = []
    problems: list[tuple[int, str]] = []
    for line, concept in _rows(path):
        if isinstance(concept, InvalidEvent):
            problems.append((line, str(concept)))
        elif concept.concept_id in lines:
            earlier = lines[concept.concept_id]
            problems.append((line, f"{concept.concept_id!r} is on line {earlier} already."))
        else:
            lines[concept.concept_id] = line
            concepts.append(concept)
    found = store.curriculum.problems(concepts)
    problems += [(lines.get(concept_id, 0), sentence) for concept_id, sentence in found]
    if problems:
        raise InvalidCurriculum(
            [(f"line {line}", f"Line {line}: {text}") for line, text in sorted(problems)]
        )
    return store.curriculum.merge(concepts)


def _rows(path: Path) -> Iterator[tuple[int, Concept | InvalidEvent]]:
    with reading(path), opened(path, Position(0)) as file:
        header, records = csv_table(file, path)
        for column in COLUMNS:
            if header.count(column) != 1:
                raise UnreadableFile(
                    f"{path} has {header.count(column)} columns named {column}.",
                    cure="Begin the file with the line concept_id,name,subject_id,prerequisites.",
                )
        for line, values, _raw in records:
            if isinstance(values, InvalidEvent):
                yield line, values
            else:
                yield line, _concept(dict(zip(header, values, strict=True)))


def _concept(row: dict[str, str]) -> Concept:
    needed = (part.strip() for part in row.get(PREREQUISITES, "").split(";"))
    return Concept(
        concept_id=row["concept_id"],
        subject_id=row["subject_id"],
        name=row["name"],
        prerequisites=tuple(part for part in needed if part),
    )
