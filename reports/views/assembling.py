"""From the rows of one student's range to the student progress report. Pure: no clock, no store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from reports.dashboards import making
from reports.dashboards.making import Names
from reports.dashboards.parts import ConceptName
from reports.views import student as views
from reports.views.adding import Sum, total, totals
from reports.views.period import Period
from reports.views.weeks import weeks_of
from warehouse.reader import Row

QUERIES = (
    "student_range_hours",
    "student_range_milestones",
    "student_range_days",
    "student_range_points",
    "student_range_badges",
    "student_range_sessions",
    "student_goals",
    "student_metrics",
    "students_points",
    "students_weeks",
    "students_at_risk",
)
PACE_DAYS = 28
PACE_WEEKS = 4
SCORES_TO_RANK = 3
RANKED_MAX = 3
WEAK_BELOW = 0.7
Answers = Mapping[str, Sequence[Row]]


class Parts(NamedTuple):
    """The figures of a report, before anything is said about them."""

    range: views.Range
    metrics: views.Metrics
    before: views.Earlier | None
    trends: views.Trends
    concepts: list[views.Concept]
    points: list[views.PointsPart]
    badges: list[views.Badge]
    standing: views.Standing


def assemble(period: Period, answers: Answers, names: Names, forecast: Sequence[Row] = ()) -> Parts:
    """Put the figures together from the answers to `QUERIES`."""
    subjects = _subjects(answers["student_range_hours"], names)
    metrics = _metrics(period, answers, subjects)
    return Parts(
        _range(period, metrics),
        metrics,
        _before(period, answers),
        views.Trends(
            weeks_of(period, answers),
            subjects,
            _patterns(answers["student_range_hours"]),
            [] if period.is_over else [_foreseen(row) for row in forecast],
        ),
        _concepts(period, answers, names),
        _points(answers["student_range_points"]),
        [_badge(row, names) for row in answers["student_range_badges"]],
        _standing(answers, names),
    )


def _range(period: Period, metrics: views.Metrics) -> views.Range:
    happened = metrics.event_count or metrics.points
    reached: views.State = "complete" if period.is_over else "partial"
    return views.Range(
        period.start, period.end, period.days, period.today, reached if happened else "empty"
    )


def _metrics(period: Period, answers: Answers, subjects: Sequence[views.Subject]) -> views.Metrics:
    days = [row for row in answers["student_range_days"] if period.has(row["local_date"])]
    learned = total(answers["student_range_hours"])
    sessions = answers["student_range_sessions"]
    session_count = sum(row["session_count"] for row in sessions)
    minutes = sum(row["duration_seconds"] for row in sessions) / 60
    return views.Metrics(
        sum(row["started"] for row in days),
        sum(row["completed"] for row in days),
        sum(row["mastered"] for row in days),
        learned.time_spent,
        learned.average_score,
        learned.scored_count,
        _velocity(period, answers["student_range_milestones"]),
        learned.days,
        learned.event_count,
        session_count,
        round(minutes / session_count, 1) if session_count else None,
        sum(row["points"] for row in days),
        strongest(subjects),
        weakest(subjects),
    )


def _velocity(period: Period, milestones: Iterable[Row]) -> float:
    end = period.reached_end
    since = end - timedelta(days=PACE_DAYS)
    days: list[date] = [row["local_date"] for row in milestones if row["milestone"] == "mastered"]
    return sum(since <= day < end for day in days) / PACE_WEEKS


def _before(period: Period, answers: Answers) -> views.Earlier | None:
    """Nothing is compared with days on which the student had not begun."""
    before = period.before
    first = next((row["first_active_date"] for row in answers["student_metrics"]), None)
    if before.days == 0 or first is None or first > before.start:
        return None
    days = [row for row in answers["student_range_days"] if before.has(row["local_date"])]
    return views.Earlier(
        before.start,
        before.end,
        sum(row["event_count"] > 0 for row in days),
        *(
            sum(row[name] for row in days)
            for name in ("total_time_spent", "started", "completed", "mastered", "points")
        ),
    )


def _subjects(rows: Sequence[Row], names: Names) -> list[views.Subject]:
    """Concepts outside of the curriculum are in no subject."""
    by_subject = totals(rows, lambda row: names.concept(row["concept_id"]).subject_id)
    found = sorted((key, part) for key, part in by_subject.items() if key is not None)
    events = sum(part.event_count for _, part in found)
    seconds = sum(part.time_spent for _, part in found)
    return [
        views.Subject(
            subject_id,
            part.event_count,
            part.time_spent,
            part.event_count / events,
            part.time_spent / seconds if seconds else None,
            part.average_score,
            part.scored_count,
        )
        for subject_id, part in found
    ]


def strongest(subjects: Iterable[views.Subject]) -> list[str]:
    """The subjects with the highest means, as semantics 7 ranks them."""
    return [subject_id for _, subject_id in sorted((-m, s) for m, s in _ranked(subjects))][
        :RANKED_MAX
    ]


def weakest(subjects: Iterable[views.Subject]) -> list[str]:
    """Those with the lowest, where it is low."""
    return [s for m, s in sorted(_ranked(subjects)) if m < WEAK_BELOW][:RANKED_MAX]


def _ranked(subjects: Iterable[views.Subject]) -> list[tuple[float, str]]:
    # rounded as in analytics.subject_scores: equal means differ in their last bit
    return [
        (round(one.average_score, 12), one.subject_id)
        for one in subjects
        if one.average_score is not None and one.scored_count >= SCORES_TO_RANK
    ]


def _patterns(rows: Sequence[Row]) -> views.TimePatterns:
    if not rows:
        return views.TimePatterns([], [])
    return views.TimePatterns(
        _slots(rows, "local_hour", range(24)),
        _slots(
            [{**row, "day": row["local_date"].isoweekday()} for row in rows], "day", range(1, 8)
        ),
    )


def _slots(rows: Iterable[Row], column: str, numbers: Iterable[int]) -> list[views.Slot]:
    found, nothing = totals(rows, lambda row: int(row[column])), total([])
    sums = ((number, found.get(number, nothing)) for number in numbers)
    return [
        views.Slot(n, one.event_count, one.time_spent, one.average_score, one.scored_count)
        for n, one in sums
    ]


def _foreseen(row: Row) -> views.Foreseen:
    return views.Foreseen(
        row["measure"], row["week_start"], row["expected"], row["lower"], row["upper"]
    )


def _concepts(period: Period, answers: Answers, names: Names) -> list[views.Concept]:
    reached: dict[str, dict[str, date]] = defaultdict(dict)
    for row in answers["student_range_milestones"]:
        if row["local_date"] < period.end:
            reached[row["concept_id"]][row["milestone"]] = row["local_date"]
    found = [
        _concept(names.concept(concept_id), part, reached[concept_id])
        for concept_id, part in totals(
            answers["student_range_hours"], lambda row: str(row["concept_id"])
        ).items()
    ]
    return sorted(
        found, key=lambda c: (c.subject_id is None, c.subject_id or "", c.name, c.concept_id)
    )


def _concept(named: ConceptName, learned: Sum, reached: Mapping[str, date]) -> views.Concept:
    status: views.Status = "completed" if "completed" in reached else "in_progress"
    return views.Concept(
        named.concept_id,
        named.name,
        named.subject_id,
        "mastered" if "mastered" in reached else status,
        learned.attempts,
        learned.event_count,
        learned.time_spent,
        learned.average_score,
        learned.best_score,
        learned.scored_count,
        reached.get("started"),
        reached.get("completed"),
        reached.get("mastered"),
    )


def _points(rows: Sequence[Row]) -> list[views.PointsPart]:
    by_reason: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_reason[row["reason"]].append(row)
    return [
        views.PointsPart(
            reason, sum(row["award_count"] for row in given), sum(row["points"] for row in given)
        )
        for reason, given in sorted(by_reason.items())
    ]


def _badge(row: Row, names: Names) -> views.Badge:
    badge_id = row["badge_id"]
    return views.Badge(
        badge_id,
        names.badges.get(badge_id, badge_id),
        row["subject_id"],
        row["earned_at"],
        row["local_date"],
    )


def _standing(answers: Answers, names: Names) -> views.Standing:
    level = making.level(answers["students_points"], names)
    streak = next(iter(answers["students_weeks"]), making.NO_STREAK)
    return views.Standing(
        level.total_points,
        level.level,
        level.level_name,
        level.points_to_next_level,
        streak["current_streak"],
        streak["longest_streak"],
        streak["last_activity_date"],
    )
