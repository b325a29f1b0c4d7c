"""What each figure on a page means: the words of the SQL header of the column that holds it.

A definition is written once, beside the SQL that computes it; here it only gets the label that
people know. `metrics.toml` brings most of them, the rest stand below; words of their own have those
whose column is only understood beside its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from warehouse.catalog import Catalog
from warehouse.metrics import Metric
from warehouse.rules import Rules

# id: label, and the column that holds the figure
_MORE: Mapping[str, tuple[str, str]] = {
    "current_streak": ("Streak", "gamification.streaks.current_streak"),
    "longest_streak": ("Longest streak", "gamification.streaks.longest_streak"),
    "total_points": ("Points", "gamification.student_points.total_points"),
    "level": ("Level", "gamification.student_points.level_name"),
    "week_goal": ("Weekly goal", "gamification.weekly_goals.concepts_done"),
    "today_minutes": ("Time today", "analytics.daily_progress.total_time_spent"),
    "today_concepts": ("Concepts today", "progress.concept_progress.last_active_date"),
    "today_points": ("Points today", "analytics.daily_progress.points"),
    "status": ("Status of a concept", "progress.concept_progress.status"),
    "usual_week": ("The usual week", "analytics.week_summaries.usual"),
    "attention": ("Needs a look", "analytics.at_risk.rule"),
    "badge_progress": ("Progress towards a badge", "gamification.badge_progress.have"),
    "rank": ("Rank", "gamification.leaderboard.rank"),
}
_OWN_WORDS: Mapping[str, str] = {
    "level": "the level that the total of points has reached; a negative total is the first level",
    "today_minutes": "time spent on today's learning events",
    "today_concepts": "different concepts with a learning event today",
    "attention": "why somebody should look: no learning for 7 days or more, a concept with 4 or "
    "more attempts that is not completed, at most half as much mastered as in the two weeks "
    "before, or foreseen by a model",
}


@dataclass(frozen=True)
class Definition:
    """A figure in words."""

    id: str
    label: str
    meaning: str
    unit: str | None
    where: str


def definitions(catalog: Catalog, metrics: Mapping[str, Metric]) -> Mapping[str, Definition]:
    """Every definition by its id."""
    found = {
        one.id: Definition(one.id, one.label, one.meaning, one.unit, f"{one.table}.{one.column}")
        for one in metrics.values()
    }
    for name, (label, place) in _MORE.items():
        table, _, column = place.rpartition(".")
        held = next(c for c in catalog.tables[table].columns if c.name == column)
        meaning = _OWN_WORDS.get(name, held.meaning)
        found[name] = Definition(name, label, meaning, held.unit, place)
    return found


def texts_of_data(rules: Rules, known: Mapping[str, Definition]) -> Iterator[str]:
    """What is shown of data of ours, and so is to be translated like a template's messages."""
    for badge in rules.badges:
        yield from (badge.name, badge.description)
    yield from (level.name for level in rules.levels)
    for one in known.values():
        yield from (one.label, one.meaning, *([one.unit] if one.unit else []))
