"""The curriculum: concepts, the subject each belongs to, and what has to be learned before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.errors import InvalidEvent, SpoolError
from warehouse.event_fields import checked_name, checked_title
from warehouse.store.schema import CONCEPTS, PREREQUISITES
from warehouse.store.transactions import IDS_A_QUERY, batched, reading, writing


class InvalidCurriculum(SpoolError):
    """A curriculum contradicts itself; nothing of it was taken.

    `problems` holds a (concept id, sentence) for each contradiction.
    """

    title = "The curriculum is not valid"

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            " ".join(sentence for _, sentence in problems),
            cure="Correct these concepts and send the curriculum again; nothing was changed.",
            field="prerequisites",
        )
        self.problems = problems


class Concept(NamedTuple):
    """One thing to learn; `recorded_at` is set by us when it first enters the curriculum."""

    concept_id: str
    subject_id: str
    name: str
    prerequisites: tuple[str, ...] = ()
    recorded_at: datetime | None = None


class Curriculum:
    """Concepts and their prerequisites."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite

    def merge(self, concepts: Iterable[Concept]) -> int:
        """Add new concepts and replace those with the same id, all or none; returns how many."""
        given = {concept.concept_id: concept for concept in concepts}
        with writing(self._engine) as connection:
            problems = _problems(given, _prerequisites(connection))
            if problems:
                raise InvalidCurriculum(problems)
            self._replace(connection, given)
        return len(given)

    def problems(self, concepts: Iterable[Concept]) -> list[tuple[str, str]]:
        """(concept id, sentence) for everything that `merge` would refuse."""
        given = {concept.concept_id: concept for concept in concepts}
        with reading(self._engine) as connection:
            return _problems(given, _prerequisites(connection))

    def all(self) -> list[Concept]:
        with reading(self._engine) as connection:
            prerequisites = _prerequisites(connection)
            rows = connection.execute(select(CONCEPTS).order_by(CONCEPTS.c.concept_id)).all()
        return [
            Concept(
                row.concept_id,
                row.subject_id,
                row.name,
                prerequisites[row.concept_id],
                row.recorded_at,
            )
            for row in rows
        ]

    def _replace(self, connection: Connection, given: Mapping[str, Concept]) -> None:
        if not given:
            return
        now = self._clock()
        upsert = self._dialect.insert(CONCEPTS)
        upsert = upsert.on_conflict_do_update(
            index_elements=["concept_id"],
            set_={"subject_id": upsert.excluded.subject_id, "name": upsert.excluded.name},
        )
        columns = ("concept_id", "subject_id", "name")
        connection.execute(
            upsert,
            [
                {name: getattr(concept, name) for name in columns} | {"recorded_at": now}
                for concept in given.values()
            ],
        )
        for some in batched(list(given), IDS_A_QUERY):
            connection.execute(delete(PREREQUISITES).where(PREREQUISITES.c.concept_id.in_(some)))
        edges = [
            {"concept_id": concept.concept_id, "prerequisite_id": needed, "position": position}
            for concept in given.values()
            for position, needed in enumerate(concept.prerequisites)
        ]
        if edges:
            connection.execute(insert(PREREQUISITES), edges)


def _problems(
    given: Mapping[str, Concept], known: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, str]]:
    graph = {**known, **{concept.concept_id: concept.prerequisites for concept in given.values()}}
    fields = [problem for concept in given.values() for problem in _field_problems(concept)]
    return fields + _graph_problems(graph, of=given)


def _graph_problems(
    graph: Mapping[str, Sequence[str]], *, of: Iterable[str]
) -> list[tuple[str, str]]:
    """(concept, sentence) for each unknown prerequisite of these concepts, and for a cycle."""
    problems = [
        (concept_id, f"{concept_id!r} needs {needed!r}, which is no concept.")
        for concept_id in of
        for needed in graph[concept_id]
        if needed not in graph
    ]
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle = error.args[1]
        path = " needs ".join(repr(concept_id) for concept_id in reversed(cycle))
        problems.append((cycle[0], f"{path}: nobody could begin."))
    return problems


def _field_problems(concept: Concept) -> list[tuple[str, str]]:
    problems = []
    for field in ("concept_id", "subject_id"):
        try:
            checked_name(field, getattr(concept, field))
        except InvalidEvent as error:
            problems.append((concept.concept_id, str(error)))
    try:
        checked_title("name", concept.name)
    except InvalidEvent as error:
        problems.append((concept.concept_id, str(error)))
    repeated = {
        needed for needed in concept.prerequisites if concept.prerequisites.count(needed) > 1
    }
    problems += [
        (concept.concept_id, f"{concept.concept_id!r} names {needed!r} twice.")
        for needed in repeated
    ]
    return problems


def _prerequisites(connection: Connection) -> dict[str, tuple[str, ...]]:
    """What each known concept needs, in the author's order."""
    known = connection.execute(select(CONCEPTS.c.concept_id)).scalars()
    found: dict[str, tuple[str, ...]] = dict.fromkeys(known, ())
    rows = connection.execute(select(PREREQUISITES).order_by(PREREQUISITES.c.position))
    for row in rows:
        found[row.concept_id] += (row.prerequisite_id,)
    return found
