"""How learners use the service, for Prometheus: the newest row of each published metric."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from warehouse.reader import Row

Ask = Callable[[str], list[Row]]
Meanings = dict[str, tuple[str, str]]
_ACTIVITY: Meanings = {
    "dau": ("spool_daily_active_students", "Students with a learning event on the newest day."),
    "wau": ("spool_weekly_active_students", "The same in the 7 days up to it."),
    "mau": ("spool_monthly_active_students", "The same in the 30 days up to it."),
    "sessions": ("spool_daily_sessions", "Sessions that began on the newest day."),
    "average_session_minutes": ("spool_average_session_minutes", "Their mean duration."),
}
_STREAKS: Meanings = {
    "live_count": ("spool_streaks_a_week_ago", "Streaks of 3 days and more, seven days ago."),
    "retention": ("spool_streak_retention_ratio", "The share of them that goes on."),
}


def learner_figures(ask: Ask) -> Iterator[Metric]:
    """Those of the figures whose tables this snapshot has."""
    yield from _gauges(ask("latest_activity"), _ACTIVITY)
    yield from _gauges(ask("latest_streak_retention"), _STREAKS)
    yield from _badges(ask("latest_badge_frequency"))


def _gauges(rows: list[Row], meanings: Meanings) -> Iterator[Metric]:
    for row in rows[:1]:
        for column, (name, meaning) in meanings.items():
            if row[column] is not None:
                yield GaugeMetricFamily(name, meaning, value=row[column])


def _badges(rows: list[Row]) -> Iterator[Metric]:
    if rows:
        family = GaugeMetricFamily(
            "spool_badges_earned_in_week",
            "Times a badge was earned in the newest week with any.",
            labels=["badge"],
        )
        for row in rows:
            family.add_metric([row["badge_id"]], row["earned_count"])
        yield family
