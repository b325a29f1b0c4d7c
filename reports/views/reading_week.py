"""Getting the weekly summary of a parent: whose children, which state, and which week."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial

from reports.dashboards.family import Family, family_of
from reports.dashboards.making import Names
from reports.dashboards.reading import Prepared, meta_of, meta_together
from reports.languages import Language, language
from reports.views.assembling import QUERIES
from reports.views.assembling_week import PAST_WEEKS, child_week
from reports.views.defining import week_definitions
from reports.views.period import A_DAY, A_WEEK, OneWeek, Period, monday
from reports.views.reading import within
from reports.views.saying import Speaker
from reports.views.weekly import ChildWeek, WeeklySummary
from warehouse.groups import GroupReader, read_students
from warehouse.metrics import Metric
from warehouse.reader import Reader, Row, StudentReader

APART = 2 * A_DAY  # so far can the days of two zones be from each other


def weekly_summary(
    reader: Reader, metrics: Mapping[str, Metric], parent_id: str, week: OneWeek, tag: str
) -> Prepared[WeeklySummary]:
    """The summary for a parent, with the children whom they may see now; about to be made."""
    children = reader.store.people.children_of(parent_id, reader.clock())
    group = read_students(reader, children)
    family = family_of(reader, children, [parent_id])
    info = group.snapshot.info
    snapshot_id = info.snapshot_id if info else None
    state = (snapshot_id, group.version, parent_id, family.profiles, tag)
    version = hashlib.sha256(repr(state).encode()).hexdigest()[:32]
    make = partial(_make, parent_id, group, family, week, language(tag), metrics)
    return Prepared(version, make, children)


def _make(
    parent_id: str,
    group: GroupReader,
    family: Family,
    week: OneWeek,
    spoken: Language,
    metrics: Mapping[str, Metric],
) -> WeeklySummary:
    names = Names.of(family.reader.rules, group.snapshot.curriculum)
    children = [_child(member, family, week, names, spoken) for member in group.members]
    profile = family.profiles.get(parent_id)
    return WeeklySummary(
        parent_id,
        (profile.name if profile else None) or None,
        week.week_start,
        spoken.tag,
        children,
        week_definitions(spoken.translations, metrics),
        meta_together([child.meta for child in children], group.snapshot),
    )


def _child(
    member: StudentReader, family: Family, week: OneWeek, names: Names, spoken: Language
) -> ChildWeek:
    period, answers = _asked(member, family, week)
    profile = family.profiles.get(member.student_id)
    name = (profile.name if profile else None) or None
    said = spoken.translations
    speaker = Speaker(said, "parent", name or said.gettext("The student"))
    about = (member.student_id, name)
    return child_week(speaker, about, period, answers, names, meta_of(member))


def _asked(
    member: StudentReader, family: Family, week: OneWeek
) -> tuple[Period, dict[str, list[Row]]]:
    """Ask everything at once, wide enough for a today that is guessed wrong.

    The answers say what day it is for the child; on a Sunday or Monday that decides on the week.
    """
    guessed = family.learner(member, []).today
    first, last = (week.on(guessed + days) for days in (-APART, APART))
    back = PAST_WEEKS * A_WEEK
    answers = member.ask_together(
        QUERIES,
        first_day=first.start,
        end_day=last.end,
        earliest_day=min(first.start, monday(guessed - APART)) - back,
    )
    period = week.on(family.learner(member, answers["students_weeks"]).today)
    return period, within(period, answers)
