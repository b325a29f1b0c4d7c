"""Sees to it that somebody makes the exports that wait: one process beside the API, when needed.

It outlives this one and works at low appetite, so that a restart of the API stops no export. With
`EXPORT_WORKER=false` a process that somebody else started does it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading

from warehouse.settings import Settings
from warehouse.store.exports import Exports

COMMAND = (sys.executable, "-m", "reports.exporting")


class Exporter:
    """Starts the process that makes exports."""

    def __init__(self, settings: Settings, exports: Exports) -> None:
        self._settings, self._exports = settings, exports
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def look_after(self) -> None:
        """Start it where exports wait and it is not there."""
        if not self._settings.export_worker or not self._exports.is_waiting():
            return
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(  # noqa: S603  # our own program
                    COMMAND,
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )

    def _environment(self) -> dict[str, str]:
        settings = self._settings
        given = {
            "SPOOL_HOME": str(settings.home),
            "DATABASE_URL": settings.database_url or "",
            "DEFAULT_TIMEZONE": settings.default_timezone,
            "SPOOL_RULES": str(settings.rules) if settings.rules else "",
        }
        return {**os.environ, **given}
