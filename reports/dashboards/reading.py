"""Getting a dashboard: who it is about now, which state of the tables, and what they say.

People and relations come from the store at every request; the figures of a version are asked once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from gettext import NullTranslations
from typing import Generic, TypeVar

from reports.dashboards import admin as admins
from reports.dashboards import educator as educators
from reports.dashboards import parent as parents
from reports.dashboards import student as students
from reports.dashboards.admin import AdminDashboard, SnapshotFile
from reports.dashboards.classes import Reason
from reports.dashboards.educator import EducatorDashboard
from reports.dashboards.family import Family, family_of
from reports.dashboards.making import Names
from reports.dashboards.parent import ParentDashboard
from reports.dashboards.parts import ViewMeta
from reports.dashboards.student import StudentDashboard
from reports.phrases import ENGLISH
from warehouse.groups import GroupReader, read_students
from warehouse.reader import Reader, SnapshotReader, StudentReader
from warehouse.store.interventions import Intervention
from warehouse.store.rosters import Member

AUDIT_ROWS = 10
# What classes and families are asked about; a student's own dashboard needs little more.
OF_STUDENTS = tuple(dict.fromkeys((*educators.QUERIES, *educators.FORESEEN, *parents.QUERIES)))
View = TypeVar("View")


@dataclass(frozen=True)
class Prepared(Generic[View]):
    """A dashboard that is about to be made; equal versions make equal views."""

    version: str
    make: Callable[[], View]
    shows: Sequence[str] = ()  # the students whose records it is made of


def student(
    reader: Reader, student_id: str, *, foresees: bool = False, said: NullTranslations = ENGLISH
) -> Prepared[StudentDashboard]:
    """The dashboard of one student; with `foresees` the next steps are what models recommend."""
    member = reader.student(student_id)
    family = family_of(reader, [student_id])
    version = _version(member.version, family, foresees)
    make = partial(_student, reader, member, family, said, foresees=foresees)
    return Prepared(version, make, [student_id])


def _student(
    reader: Reader,
    member: StudentReader,
    family: Family,
    said: NullTranslations,
    *,
    foresees: bool,
) -> StudentDashboard:
    answers = member.ask_together(students.QUERIES)
    curriculum = reader.published().curriculum
    return students.assemble(
        family.learner(member, answers["students_weeks"]),
        answers,
        curriculum,
        Names.of(reader.rules, curriculum, said),
        meta_of(member),
        member.ask("student_recommendations") if foresees else [],
    )


def parent(
    reader: Reader, parent_id: str, *, said: NullTranslations = ENGLISH
) -> Prepared[ParentDashboard]:
    """The dashboard of a parent, with the children whom they may see now."""
    children = reader.store.people.children_of(parent_id, reader.clock())
    group = read_students(reader, children)
    family = family_of(reader, children, [parent_id])
    version = _version(group.version, parent_id, family)
    return Prepared(version, partial(_parent, parent_id, group, family, said), children)


def _parent(
    parent_id: str, group: GroupReader, family: Family, said: NullTranslations
) -> ParentDashboard:
    answers = group.ask_together(parents.QUERIES)
    learners = [
        (family.learner(member, answers["students_weeks"]), meta_of(member))
        for member in group.members
    ]
    profile = family.profiles.get(parent_id)
    return parents.assemble(
        parent_id,
        profile.name if profile else None,
        learners,
        answers,
        Names.of(family.reader.rules, group.snapshot.curriculum, said),
        meta_together([meta for _, meta in learners], group.snapshot),
    )


def educator(
    reader: Reader,
    educator_id: str,
    class_id: str | None = None,
    *,
    foresees: bool = False,
    said: NullTranslations = ENGLISH,
) -> Prepared[EducatorDashboard]:
    """The dashboard of an educator: the classes that they teach now, or one of them.

    With `foresees` it names whom the model of risk flags.
    """
    members = [
        member
        for member in reader.store.rosters.taught_by(educator_id, reader.clock())
        if class_id in {None, member.class_id}
    ]
    ids = sorted({member.student_id for member in members if member.student_id})
    interventions = reader.store.interventions.of_students(ids)
    snapshot = reader.published()
    version = _version(_info(snapshot), educator_id, members, interventions, foresees)
    queries = educators.QUERIES + (educators.FORESEEN if foresees else ())
    make = partial(_educator, reader, snapshot, educator_id, members, interventions, queries, said)
    return Prepared(version, make, ids)


def _educator(
    reader: Reader,
    snapshot: SnapshotReader,
    educator_id: str,
    members: Sequence[Member],
    interventions: Sequence[Intervention],
    queries: Sequence[str],
    said: NullTranslations,
) -> EducatorDashboard:
    ids = sorted({member.student_id for member in members if member.student_id})
    answers = {query: snapshot.ask_each(query, ids) for query in queries}
    models = snapshot.once("models") if educators.FORESEEN[0] in queries else []
    concepts = snapshot.kept(educators.concept_facts)
    return educators.assemble(
        educator_id,
        members,
        educators.Rows.of(answers, concepts, interventions, models),
        Names.of(reader.rules, snapshot.curriculum, said),
        _info(snapshot),
    )


def reasons(
    reader: Reader,
    student_id: str,
    *,
    foresees: bool = False,
    said: NullTranslations = ENGLISH,
) -> list[Reason]:
    """Why to look after one student, as the class's page says it."""
    snapshot = reader.published()
    queries = ("students_at_risk", *(educators.FORESEEN[:1] if foresees else ()))
    found = [snapshot.ask_each(name, [student_id]) for name in queries]
    open_ones = [
        one for one in reader.store.interventions.of_students([student_id]) if one.outcome is None
    ]
    names = Names.of(reader.rules, snapshot.curriculum, said)
    return [
        reason
        for flags in found
        if student_id in flags
        for reason in educators.reasons(flags[student_id], open_ones, names)
    ]


def admin(reader: Reader, admin_id: str) -> Prepared[AdminDashboard]:
    """The dashboard of an admin, as things are this second."""
    snapshot, now = reader.published(), reader.clock()
    version = _version(_info(snapshot), admin_id, int(now.timestamp()), reader.store.inbox.count())
    return Prepared(version, partial(_admin, reader, snapshot, admin_id))


def _admin(reader: Reader, snapshot: SnapshotReader, admin_id: str) -> AdminDashboard:
    store, current = reader.store, reader.snapshots.current()
    state = admins.State(
        reader.clock(),
        store.rosters.counts(),
        store.inbox.count(),
        store.inbox.oldest_received_at(),
        [
            SnapshotFile(path.stem, path == current, path.stat().st_size)
            for path in reader.snapshots.newest_first()
            if path.exists()
        ],
        store.audit.rows(limit=AUDIT_ROWS),
    )
    answers = {query: snapshot.ask(query) for query in admins.QUERIES}
    return admins.assemble(admin_id, answers, snapshot.info, state, _info(snapshot))


def _info(snapshot: SnapshotReader) -> ViewMeta:
    """The state of figures that are read from the snapshot alone."""
    info = snapshot.info
    return ViewMeta(
        info.snapshot_id if info else None,
        info.as_of if info else None,
        live=False,
        pending_events=0,
    )


def _version(*state: object) -> str:
    """A short name for a state; families count by what the store said."""
    told = [(s.profiles, s.goals, s.breaks) if isinstance(s, Family) else s for s in state]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def meta_of(member: StudentReader) -> ViewMeta:
    """The state of one student's figures."""
    state = member.meta
    return ViewMeta(state.snapshot_id, state.as_of, state.live, state.pending_events)


def meta_together(metas: Sequence[ViewMeta], snapshot: SnapshotReader) -> ViewMeta:
    """The state of several: as old as the oldest, live where one is."""
    info = snapshot.info
    return ViewMeta(
        info.snapshot_id if info else None,
        min((meta.as_of for meta in metas if meta.as_of), default=info.as_of if info else None),
        any(meta.live for meta in metas),
        sum(meta.pending_events for meta in metas),
    )
