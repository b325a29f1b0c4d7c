"""What educators do about students at risk: who took it on, what was tried, what came of it.

An intervention begins when somebody acknowledges a flag and ends with an outcome. Each change adds
a step to its history, which nobody rewrites; changes name the version that they saw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import uuid_utils
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from warehouse.clock import Clock, utc_now
from warehouse.errors import SpoolError
from warehouse.store.schema import INTERVENTION_STEPS, INTERVENTIONS
from warehouse.store.transactions import IDS_A_QUERY, among, batched, reading, writing


class InterventionConflict(SpoolError):
    """The intervention is not in the state that the change was meant for."""

    title = "The intervention was changed meanwhile"


class Actor(NamedTuple):
    """Who does something, in which role."""

    person_id: str
    role: str


class Flag(NamedTuple):
    """Why a student was flagged; the concept is empty but for the rule `stuck`."""

    student_id: str
    rule: str
    concept_id: str


class Intervention(NamedTuple):
    """An intervention as it stands; open while it has no outcome."""

    intervention_id: str
    student_id: str
    rule: str
    concept_id: str
    version: int
    assigned_to: str | None
    outcome: str | None
    useful: bool | None
    opened_by: str
    opened_at: datetime
    changed_at: datetime


class Step(NamedTuple):
    """One entry of its history; what is None was left as it was."""

    intervention_id: str
    version: int
    actor: str
    actor_role: str
    assigned_to: str | None
    note: str | None
    outcome: str | None
    useful: bool | None
    recorded_at: datetime


class Change(NamedTuple):
    """What a step changes; what is None stays."""

    assigned_to: str | None = None
    note: str | None = None
    outcome: str | None = None
    useful: bool | None = None


class Interventions:
    """Interventions with their history."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock
        self._dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
        self._of_students = _ALL.where(among(INTERVENTIONS.c.student_id, "student_ids", engine))

    def open(self, flag: Flag, by: Actor, note: str | None = None) -> tuple[Intervention, bool]:
        """Acknowledge a flag; says whether that is new, or somebody has done it already."""
        now = self._clock()
        opened = Intervention(
            str(uuid_utils.uuid7()), *flag, 1, None, None, None, by.person_id, now, now
        )
        adding = (
            self._dialect.insert(INTERVENTIONS)
            .on_conflict_do_nothing()
            .returning(INTERVENTIONS.c.intervention_id)
        )
        which = [INTERVENTIONS.c[name] == value for name, value in flag._asdict().items()]
        query = _ALL.where(*which, INTERVENTIONS.c.outcome.is_(None))
        while True:
            with writing(self._engine) as connection:
                if connection.execute(adding, opened._asdict()).first():
                    _add_step(connection, opened, by, Change(note=note))
                    return opened, True
                row = connection.execute(query).first()
                if row:  # none when it was closed between these two: then there is room again
                    return Intervention(*row), False

    def change(self, intervention_id: str, version: int, by: Actor, change: Change) -> Intervention:
        """Take a step from the version that the actor saw.

        Raises:
            InterventionConflict: somebody was faster, or it is closed and only notes and feedback
                can follow.
        """
        with writing(self._engine) as connection:
            found = _one(connection, intervention_id)
            if found is None or found.version != version:
                raise _changed(found)
            if found.outcome is not None and (change.outcome or change.assigned_to):
                raise InterventionConflict(
                    f"It was closed with the outcome {found.outcome}.",
                    cure="Add a note or feedback, or acknowledge the flag anew if it is still up.",
                    field="outcome",
                )
            kept = {n: v for n, v in change._asdict().items() if v is not None and n != "note"}
            after = found._replace(version=version + 1, changed_at=self._clock(), **kept)
            done = connection.execute(
                update(INTERVENTIONS)
                .where(
                    INTERVENTIONS.c.intervention_id == intervention_id,
                    INTERVENTIONS.c.version == version,
                )
                .values(**kept, version=after.version, changed_at=after.changed_at)
            )
            if not done.rowcount:
                raise _changed(_one(connection, intervention_id))
            _add_step(connection, after, by, change)
        return after

    def one(self, intervention_id: str) -> Intervention | None:
        """An intervention by its id."""
        with reading(self._engine) as connection:
            return _one(connection, intervention_id)

    def of_students(self, student_ids: Sequence[str]) -> list[Intervention]:
        """Those about these students, the latest change first."""
        with reading(self._engine) as connection:
            rows = connection.execute(self._of_students, {"student_ids": list(student_ids)})
            found = [Intervention(*row) for row in rows]
        return sorted(found, key=lambda i: (i.changed_at, i.intervention_id), reverse=True)

    def history(self, intervention_ids: Iterable[str]) -> Mapping[str, list[Step]]:
        """The steps of each, oldest first."""
        steps: defaultdict[str, list[Step]] = defaultdict(list)
        columns = [INTERVENTION_STEPS.c[name] for name in Step._fields]
        with reading(self._engine) as connection:
            for some in batched(list(intervention_ids), IDS_A_QUERY):
                query = (
                    select(*columns)
                    .where(INTERVENTION_STEPS.c.intervention_id.in_(some))
                    .order_by(INTERVENTION_STEPS.c.version)
                )
                for row in connection.execute(query):
                    steps[row.intervention_id].append(Step(*row))
        return steps


_ALL = select(*(INTERVENTIONS.c[name] for name in Intervention._fields))


def _one(connection: Connection, intervention_id: str) -> Intervention | None:
    query: Any = _ALL.where(INTERVENTIONS.c.intervention_id == intervention_id)
    row = connection.execute(query).first()
    return Intervention(*row) if row else None


def _changed(now: Intervention | None) -> InterventionConflict:
    version = f"now at version {now.version}" if now else "gone"
    return InterventionConflict(
        f"The intervention is {version}.",
        cure="Read it again, then decide whether the change still fits.",
        field="version",
    )


def _add_step(connection: Connection, after: Intervention, by: Actor, change: Change) -> None:
    step = Step(
        after.intervention_id, after.version, by.person_id, by.role, *change, after.changed_at
    )
    connection.execute(insert(INTERVENTION_STEPS), step._asdict())
