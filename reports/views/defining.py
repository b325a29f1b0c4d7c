"""What the figures of reports are called and mean."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations

from reports.views.student import Definition
from warehouse.metrics import Metric

# Figures of a range are those of weeks and subjects, added up over its days.
METRICS = {
    "concepts_started": "weekly_started",
    "concepts_completed": "weekly_completed",
    "concepts_mastered": "weekly_mastered",
    "total_time_spent": "weekly_time_spent",
    "average_score": "weekly_average_score",
    "learning_velocity": "learning_velocity",
    "active_days": "active_days",
    "points": "weekly_points",
    "event_share": "subject_event_share",
    "time_share": "subject_time_share",
}

# A week names the same figures shorter.
WEEK = {
    "total_time_spent": "total_time_spent",
    "active_days": "active_days",
    "started": "concepts_started",
    "completed": "concepts_completed",
    "mastered": "concepts_mastered",
    "average_score": "average_score",
    "points": "points",
}


def definitions(said: NullTranslations, metrics: Mapping[str, Metric]) -> dict[str, Definition]:
    """Each figure with label, unit and meaning, by its name in the view."""
    labels = _labels(said)
    return {
        name: Definition(labels[name][0], metrics[metric_id].unit, labels[name][1])
        for name, metric_id in METRICS.items()
    }


def week_definitions(
    said: NullTranslations, metrics: Mapping[str, Metric]
) -> dict[str, Definition]:
    """The figures of a child's week, with what they are held beside."""
    _, known = said.gettext, definitions(said, metrics)
    return {name: known[figure] for name, figure in WEEK.items()} | {
        "goal": Definition(
            _("Weekly goal"),
            "concepts",
            _("The goal of the week, as it was set, and how far it was met."),
        ),
        "usual": Definition(
            _("The usual week"),
            "median",
            _("The median of up to eight whole weeks of this child, this one included."),
        ),
        "current_streak": Definition(
            _("Streak"), "days", _("Days of learning in a row, up to now.")
        ),
    }


def _labels(said: NullTranslations) -> Mapping[str, tuple[str, str]]:
    """Metrics speak of whole lives and weeks; here each is of the days of the report."""
    _ = said.gettext
    return {
        "concepts_started": (_("Concepts begun"), _("Concepts first started on these days.")),
        "concepts_completed": (
            _("Concepts completed"),
            _("Concepts first completed on these days."),
        ),
        "concepts_mastered": (_("Concepts mastered"), _("Concepts first mastered on these days.")),
        "total_time_spent": (_("Learning time"), _("Time spent on learning events.")),
        "average_score": (
            _("Mean score"),
            _("Mean of all scores of these days; beside it, how many there are."),
        ),
        "learning_velocity": (
            _("Learning pace"),
            _(
                "Concepts a week: those first mastered in the last 28 of the days so far,"
                " divided by 4."
            ),
        ),
        "active_days": (_("Days of learning"), _("Days with a learning event.")),
        "points": (_("Points"), _("Sum of all points given on these days.")),
        "event_share": (
            _("Share of the events"),
            _("The part of the learning events in subjects of the curriculum."),
        ),
        "time_share": (
            _("Share of the time"),
            _("The part of the time spent on them, likewise."),
        ),
    }
