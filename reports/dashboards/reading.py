"""Getting a dashboard: who it is about now, which state of the tables, and what they say.

People and relations come from the store at every request; the figures of a version are asked once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Generic, TypeVar

from reports.dashboards import educator as educators
from reports.dashboards import parent as parents
from reports.dashboards import student as students
from reports.dashboards.educator import EducatorDashboard
from reports.dashboards.making import Learner, Names
from reports.dashboards.parent import ParentDashboard
from reports.dashboards.parts import ViewMeta
from reports.dashboards.student import StudentDashboard
from warehouse.groups import GroupReader, read_students
from warehouse.reader import Reader, Row, SnapshotReader, StudentReader
from warehouse.store.goals import Goal
from warehouse.store.interventions import Intervention
from warehouse.store.rosters import Member, PlannedBreak, Profile
from warehouse.zones import zone_info

BREAKS_DAYS = 10
View = TypeVar("View")


@dataclass(frozen=True)
class Prepared(Generic[View]):
    """A dashboard that is about to be made; equal versions make equal views."""

    version: str
    make: Callable[[], View]
    about: Sequence[str]  # the students whom it shows


@dataclass(frozen=True)
class _Family:
    """What the store says of some students at one moment."""

    reader: Reader
    profiles: Mapping[str, Profile]
    goals: Sequence[Goal]
    breaks: Sequence[PlannedBreak]

    def learner(self, member: StudentReader, weeks: Sequence[Row]) -> Learner:
        """One of them, with the goal and the breaks of their week."""
        student_id = member.student_id
        profile = self.profiles.get(student_id)
        mine = (row["today"] for row in weeks if row["student_id"] == student_id)
        today = next(mine, None) or self._date(member, profile)
        monday = today - timedelta(days=today.weekday())
        goal = next(
            (
                goal
                for goal in reversed(self.goals)
                if goal.student_id == student_id and goal.from_week <= monday
            ),
            None,
        )
        return Learner(
            student_id,
            (profile.name if profile else None) or "",
            today,
            goal,
            [(b.first_day, b.last_day) for b in self.breaks if b.student_id == student_id],
        )

    def _date(self, member: StudentReader, profile: Profile | None) -> date:
        """Today of somebody who has not begun, by their profile."""
        zone = (profile.time_zone if profile else None) or self.reader.settings.default_timezone
        return member.meta.as_of.astimezone(zone_info(zone)).date()


def student(reader: Reader, student_id: str) -> Prepared[StudentDashboard]:
    """The dashboard of one student."""
    member = reader.student(student_id)
    family = _family(reader, [student_id])
    version = _version(member.version, family)
    return Prepared(version, partial(_student, reader, member, family), [student_id])


def _student(reader: Reader, member: StudentReader, family: _Family) -> StudentDashboard:
    answers = member.ask_together(students.QUERIES, days=students.WINS_DAYS)
    curriculum = reader.published().curriculum
    return students.assemble(
        family.learner(member, answers["students_weeks"]),
        answers,
        curriculum,
        Names.of(reader.rules, curriculum),
        _meta(member),
    )


def parent(reader: Reader, parent_id: str) -> Prepared[ParentDashboard]:
    """The dashboard of a parent, with the children whom they may see now."""
    children = reader.store.people.children_of(parent_id, reader.clock())
    group = read_students(reader, children)
    family = _family(reader, children, [parent_id])
    version = _version(group.version, parent_id, family)
    return Prepared(version, partial(_parent, parent_id, group, family), children)


def _parent(parent_id: str, group: GroupReader, family: _Family) -> ParentDashboard:
    answers = group.ask_together(parents.QUERIES, days=parents.WINS_DAYS)
    learners = [
        (family.learner(member, answers["students_weeks"]), _meta(member))
        for member in group.members
    ]
    profile = family.profiles.get(parent_id)
    return parents.assemble(
        parent_id,
        profile.name if profile else None,
        learners,
        answers,
        Names.of(family.reader.rules, group.snapshot.curriculum),
        _together([meta for _, meta in learners], group.snapshot),
    )


def educator(
    reader: Reader, educator_id: str, class_id: str | None = None
) -> Prepared[EducatorDashboard]:
    """The dashboard of an educator: the classes that they teach now, or one of them."""
    members = [
        member
        for member in reader.store.rosters.taught_by(educator_id, reader.clock())
        if class_id in {None, member.class_id}
    ]
    ids = sorted({member.student_id for member in members if member.student_id})
    interventions = reader.store.interventions.of_students(ids, only_open=True)
    snapshot = reader.published()
    version = _version(_info(snapshot), educator_id, members, interventions)
    make = partial(_educator, reader, snapshot, educator_id, members, interventions)
    return Prepared(version, make, ids)


def _educator(
    reader: Reader,
    snapshot: SnapshotReader,
    educator_id: str,
    members: Sequence[Member],
    interventions: Sequence[Intervention],
) -> EducatorDashboard:
    ids = sorted({member.student_id for member in members if member.student_id})
    answers = {query: snapshot.ask(query, student_ids=ids) for query in educators.QUERIES}
    concepts = sorted({row["concept_id"] for row in answers["students_statuses"]})
    difficulties = snapshot.ask("concept_difficulties", concept_ids=concepts)
    return educators.assemble(
        educator_id,
        members,
        educators.Rows.of(answers, difficulties, interventions),
        Names.of(reader.rules, snapshot.curriculum),
        _info(snapshot),
    )


def _info(snapshot: SnapshotReader) -> ViewMeta:
    """The state of figures that are read from the snapshot alone."""
    info = snapshot.info
    return ViewMeta(
        info.snapshot_id if info else None,
        info.as_of if info else None,
        live=False,
        pending_events=0,
    )


def _family(reader: Reader, student_ids: Sequence[str], others: Sequence[str] = ()) -> _Family:
    since = reader.clock().date() - timedelta(days=BREAKS_DAYS)
    profiles, goals, breaks = reader.store.rosters.about(student_ids, others, since)
    return _Family(reader, profiles, goals, breaks)


def _version(*state: object) -> str:
    """A short name for a state; families count by what the store said."""
    told = [(s.profiles, s.goals, s.breaks) if isinstance(s, _Family) else s for s in state]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _meta(member: StudentReader) -> ViewMeta:
    state = member.meta
    return ViewMeta(state.snapshot_id, state.as_of, state.live, state.pending_events)


def _together(metas: Sequence[ViewMeta], snapshot: SnapshotReader) -> ViewMeta:
    """The state of several: as old as the oldest, live where one is."""
    info = snapshot.info
    return ViewMeta(
        info.snapshot_id if info else None,
        min((meta.as_of for meta in metas if meta.as_of), default=info.as_of if info else None),
        any(meta.live for meta in metas),
        sum(meta.pending_events for meta in metas),
    )
