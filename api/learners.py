"""How learners use the service, for Prometheus: the latest row of each published metric."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from warehouse.reader import Row

Ask = Callable[[str], list[Row]]
_ACTIVITY = {
    "dau": ("spool_daily_active_students", "Students with a learning event on the day."),
    "wau": ("spool_weekly_active_students", "The same in the 7 days up to it."),
    "mau": ("spool_monthly_active_students", "The same in the 30 days up to it."),
    "sessions": ("spool_daily_sessions", "Sessions that began on the day."),
    "average_session_minutes": ("spool_average_session_minutes", "Their mean duration."),
}


def learner_figures(ask: Ask) -> Iterator[Metric]:
    """Those of the figures whose tables this snapshot has."""
    for row in ask("latest_activity"):
        for column, (name, meaning) in _ACTIVITY.items():
            if row[column] is not None:
                yield GaugeMetricFamily(name, meaning, value=row[column])
