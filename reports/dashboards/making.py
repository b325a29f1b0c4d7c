"""From rows of queries to the parts of views. Pure: no clock, no files, no store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from gettext import NullTranslations
from typing import NamedTuple

from reports.dashboards.parts import ConceptName, Day, DayState, Level, Streak, WeekGoal, Win
from reports.phrases import ENGLISH
from warehouse import rules
from warehouse.reader import Row
from warehouse.store.goals import Goal

STRIP_DAYS = 7
Span = tuple[date, date]


class Learner(NamedTuple):
    """What is known of one student beside their figures, as it is at the moment of the request."""

    student_id: str
    name: str
    today: date
    goal: Goal | None
    breaks: Sequence[Span]

    @property
    def week_start(self) -> date:
        """Monday of the student's week."""
        return self.today - timedelta(days=self.today.weekday())


class Names(NamedTuple):
    """Badges, levels and concepts in words, and the language of sentences about them."""

    badges: Mapping[str, str]
    levels: Sequence[rules.Level]
    concepts: Mapping[str, Row]
    default_concepts: int
    said: NullTranslations = ENGLISH

    @classmethod
    def of(
        cls, given: rules.Rules, curriculum: Iterable[Row], said: NullTranslations = ENGLISH
    ) -> Names:
        """The names that rules and curriculum give, for sentences in a language."""
        return cls(
            {badge.id: badge.name for badge in given.badges},
            given.levels,
            {row["concept_id"]: row for row in curriculum},
            given.weekly_goal.default_concepts,
            said,
        )

    def concept(self, concept_id: str) -> ConceptName:
        """A concept outside of the curriculum has no name but its id."""
        row = self.concepts.get(concept_id)
        if row is None:
            return ConceptName(concept_id, concept_id, None)
        return ConceptName(concept_id, row["name"], row["subject_id"])

    def of_concept(self, concept_id: str) -> str:
        """The name alone."""
        row = self.concepts.get(concept_id)
        return concept_id if row is None else str(row["name"])


def streak(learner: Learner, rows: Sequence[Row], days: Sequence[Row]) -> Streak:
    """The streak as the table has it, and what each of the last days was for it."""
    row = rows[0] if rows else NO_STREAK
    known = {day["local_date"]: day for day in days}
    dates = [learner.today - timedelta(days=n) for n in reversed(range(STRIP_DAYS))]
    return Streak(
        row["current_streak"],
        row["longest_streak"],
        row["last_activity_date"],
        [_day(learner, date_, known.get(date_, _NO_DAY)) for date_ in dates],
    )


def _day(learner: Learner, day: date, row: Row) -> Day:
    return Day(day, _state(learner, day, row), row["event_count"], row["minutes"], row["points"])


def _state(learner: Learner, day: date, row: Row) -> DayState:
    if row["event_count"]:
        return "active"
    if any(first <= day <= last for first, last in learner.breaks):
        return "break"
    return "open" if day == learner.today else "missed"


def level(rows: Sequence[Row], names: Names) -> Level:
    """Before the first event a student stands at the beginning of the first level."""
    row = rows[0] if rows else _begin(names)
    following = names.levels[row["level"] : row["level"] + 1]
    return Level(
        row["total_points"],
        row["level"],
        row["level_name"],
        following[0].name if following else None,
        row["points_to_next_level"],
        row["level_share"],
    )


def _begin(names: Names) -> Row:
    following = names.levels[1:2]
    return {
        "total_points": 0,
        "level": 1,
        "level_name": names.levels[0].name,
        "points_to_next_level": following[0].from_points if following else None,
        "level_share": 0.0 if following else None,
    }


def week_goal(learner: Learner, weeks: Sequence[Row], names: Names) -> WeekGoal:
    """Targets as they are set now, beside what the tables say of this week."""
    done = weeks[0]["this_week"] if weeks else empty_week(learner, 0)
    goal = learner.goal
    concepts = goal.concepts if goal else names.default_concepts
    minutes = goal.minutes if goal else None
    met = (concepts is None or done["achieved"] >= concepts) and (
        minutes is None or done["total_time_spent"] >= minutes * 60
    )
    return WeekGoal(
        learner.week_start,
        concepts,
        int(done["achieved"]),
        minutes,
        minutes_of(done),
        met,
        (goal.set_by_role or "admin") if goal else "default",
    )


def minutes_of(week: Row) -> float:
    """Minutes to the tenth."""
    return round(float(week["total_time_spent"]) / 60, 1)


def empty_week(learner: Learner, weeks_ago: int) -> Row:
    """A week in which nothing happened."""
    return {**_NO_WEEK, "week_start": learner.week_start - timedelta(weeks=weeks_ago)}


def wins(rows: Iterable[Row], names: Names) -> list[Win]:
    """Achievements in words."""
    return [
        Win(
            row["kind"],
            row["occurred_at"],
            _win_name(row, names),
            row["badge_id"],
            row["concept_id"],
            row["subject_id"],
        )
        for row in rows
    ]


def _win_name(row: Row, names: Names) -> str:
    if row["kind"] == "badge":
        return names.badges.get(row["badge_id"], row["badge_id"])
    if row["kind"] == "concept_mastered":
        return names.concept(row["concept_id"]).name
    return "Weekly goal met"


def of_student(answers: Mapping[str, list[Row]], student_id: str) -> dict[str, list[Row]]:
    """One student's share of the answers about several."""
    return {
        name: [row for row in rows if row["student_id"] == student_id]
        for name, rows in answers.items()
    }


NO_STREAK: Row = {"current_streak": 0, "longest_streak": 0, "last_activity_date": None}
_NO_DAY: Row = {"event_count": 0, "minutes": 0.0, "points": 0}
_NO_WEEK: Row = dict.fromkeys(
    (
        "active_days",
        "total_time_spent",
        "started",
        "completed",
        "mastered",
        "achieved",
        "points",
    ),
    0.0,
)
