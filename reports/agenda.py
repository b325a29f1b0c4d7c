"""What stands in a student's calendar: goals of weeks, planned breaks, the streak, reviews.

Only what the product says elsewhere too, and nothing of anybody else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from gettext import NullTranslations

from reports.letters import on_one_line
from warehouse.reader import Reader, Row, StudentReader
from warehouse.store.goals import Goal

WEEKS = 5  # this one and four to come
LAST_DAY_OF_WEEK = timedelta(days=6)
BREAK_LENGTH_SHOWN = 100


@dataclass(frozen=True)
class Entry:
    """Something on whole days of the student, the last one included."""

    kind: str
    key: str  # tells it from others of its kind, whenever it is asked for
    first_day: date
    last_day: date
    title: str
    note: str = ""


def agenda(
    reader: Reader, student_id: str, today: date, said: NullTranslations, *, foresees: bool
) -> list[Entry]:
    """A student's entries from their today on, by day; with `foresees` what models recommend."""
    student = reader.student(student_id)
    entries = [
        *_goals(reader, student, today, said),
        *_breaks(reader, student_id, today, said),
        *_streak(reader, student, today, said),
        *(_reviews(reader, student, today, said) if foresees else ()),
    ]
    return sorted(entries, key=lambda entry: (entry.first_day, entry.kind, entry.key))


def _goals(
    reader: Reader, student: StudentReader, today: date, said: NullTranslations
) -> Iterator[Entry]:
    goals = reader.store.goals.of(student.student_id)
    usual = reader.rules.weekly_goal.default_concepts
    this_week = today - timedelta(days=today.weekday())
    rows = student.ask("student_weekly_goals", limit=1)
    done = next((row for row in rows if row["week_start"] == this_week), None)
    for week in (this_week + timedelta(weeks=n) for n in range(WEEKS)):
        held = [goal for goal in goals if goal.from_week <= week]
        targets = _targets(held[-1], said) if held else _concepts(usual, said)
        title = said.gettext("Goal of the week: %(goal)s") % {"goal": targets}
        note = _so_far(done, said) if done and week == this_week else ""
        yield Entry("goal", week.isoformat(), week, week + LAST_DAY_OF_WEEK, title, note)


def _targets(goal: Goal, said: NullTranslations) -> str:
    concepts = _concepts(goal.concepts, said) if goal.concepts is not None else None
    minutes = _minutes(goal.minutes, said) if goal.minutes is not None else None
    if concepts and minutes:
        both = {"one": concepts, "other": minutes}
        return said.gettext("%(one)s and %(other)s") % both
    return concepts or minutes or ""


def _so_far(row: Row, said: NullTranslations) -> str:
    if row["met_at"] is not None:
        return said.gettext("Goal reached")
    done = []
    if row["concepts_target"] is not None:
        done.append(_concepts(int(row["concepts_done"]), said))
    if row["minutes_target"] is not None:
        done.append(_minutes(int(row["minutes_done"]), said))
    return said.gettext("Done so far: %(done)s") % {"done": ", ".join(done)}


def _concepts(count: int, said: NullTranslations) -> str:
    return said.ngettext("%(n)s concept", "%(n)s concepts", count) % {"n": count}


def _minutes(count: int, said: NullTranslations) -> str:
    return said.ngettext("%(n)s minute", "%(n)s minutes", count) % {"n": count}


def _breaks(
    reader: Reader, student_id: str, today: date, said: NullTranslations
) -> Iterator[Entry]:
    """Those of the student and of the classes in which they learn now, that are not over."""
    classes = reader.store.people.attended_by(student_id, reader.clock())
    for planned in reader.store.breaks.of_student(student_id, classes):
        if planned.last_day >= today:
            yield Entry(
                "break",
                planned.break_id,
                planned.first_day,
                planned.last_day,
                on_one_line(planned.name)[:BREAK_LENGTH_SHOWN] or said.gettext("Planned break"),
                said.gettext("No streak ends on these days."),
            )


def _streak(
    reader: Reader, student: StudentReader, today: date, said: NullTranslations
) -> Iterator[Entry]:
    """The day on which something must be learned for the streak to go on.

    A calendar looks seldom: told only on the day itself, most would hear of it too late.
    """
    row = next(iter(student.ask("student_streak")), None)
    least = reader.rules.notifications.streak_reminder_from_days
    if row is None or row["current_streak"] < least or row["alive_until"] < today:
        return
    days, last = int(row["current_streak"]), row["alive_until"]
    title = said.ngettext(
        "Last day to keep the streak of %(n)s day",
        "Last day to keep the streak of %(n)s days",
        days,
    )
    note = said.gettext("It goes on if something is learned by the end of this day.")
    yield Entry("streak", last.isoformat(), last, last, title % {"n": days}, note)


def _reviews(
    reader: Reader, student: StudentReader, today: date, said: NullTranslations
) -> Iterator[Entry]:
    """What is due stands on today: in the past nobody would see it."""
    names: Mapping[str, str] = {
        row["concept_id"]: row["name"] for row in reader.published().curriculum
    }
    for row in student.ask("student_recommendations"):
        if row["kind"] == "review":
            name = on_one_line(names.get(row["concept_id"], row["concept_id"]))
            title = said.gettext("Review: %(concept)s") % {"concept": name}
            note = said.gettext("A try now keeps what was learned.")
            yield Entry("review", row["concept_id"], today, today, title, note)
