"""Rosters being taken over: one at a time, in a thread of its own, and how far it has come.

An import is one transaction: whatever ends it early, a page that is closed or a process that is
killed, it has either been taken over whole or not at all, and may be sent again.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from api.errors import ImportGoesOn
from warehouse import logs
from warehouse.clock import Clock
from warehouse.errors import SpoolError
from warehouse.roster.files import NEEDED
from warehouse.roster.importing import import_roster
from warehouse.roster.report import InvalidRoster, RosterReport
from warehouse.store.database import Store

KEPT = 20
STEPS = 1 + max(map(len, NEEDED.values()))  # a step for each file, and the store


@dataclass(frozen=True)
class RosterImport:
    """How far an import has come, and in the end what came of it."""

    import_id: str
    steps_begun: int = 0
    step: str = ""
    has_ended: bool = False
    report: RosterReport | None = None
    refused: str | None = None


class Imports:
    """Takes rosters over, and remembers the last few of this process."""

    def __init__(self, store: Store, zone: str, clock: Clock) -> None:
        self._store, self._zone, self._clock = store, zone, clock
        self._lock = threading.Lock()
        self._known: dict[str, RosterImport] = {}
        self._pool = ThreadPoolExecutor(1, "roster-import")
        self._going: Future[None] | None = None

    def begin(self, content: bytes) -> str:
        """Start to take over a package; returns by what to ask for it.

        Raises:
            ImportGoesOn: the one before has not ended.
        """
        with self._lock:
            if self._going is not None and not self._going.done():
                raise ImportGoesOn(
                    "A roster is being imported already.",
                    cure="Wait until it has ended, then send this one again.",
                )
            one = RosterImport(secrets.token_urlsafe(12))
            self._known[one.import_id] = one
            if len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
            self._going = self._pool.submit(self._run, one.import_id, content)
        return one.import_id

    def after(self, import_id: str, seconds: float) -> RosterImport | None:
        """How it stands once it has ended, at the latest after so many seconds.

        None: this process does not know it.
        """
        going = self._going
        if going is not None:
            wait([going], seconds)
        return self._known.get(import_id)

    def close(self) -> None:
        """Wait for the one that is going on."""
        self._pool.shutdown()

    def _run(self, import_id: str, content: bytes) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="spool-roster-") as directory:
                path = Path(directory) / "roster.zip"
                path.write_bytes(content)
                self._end(import_id, *self._taken_over(import_id, path))
        except Exception:  # noqa: BLE001  # whatever it is, who waits for the report must be told
            logs.get_logger().exception("roster_import_failed")
            self._end(import_id, None, "Something went wrong on our side. Try again.")

    def _taken_over(self, import_id: str, path: Path) -> tuple[RosterReport | None, str | None]:
        try:
            report = import_roster(
                self._store,
                path,
                zone=self._zone,
                clock=self._clock,
                progress=lambda step: self._begun(import_id, step),
            )
        except InvalidRoster as error:
            return error.report, error.cure
        except SpoolError as error:
            return None, f"{error.detail.replace(str(path), 'The file')} {error.cure}"
        return report, None

    def _begun(self, import_id: str, step: str) -> None:
        known = self._known[import_id]
        self._known[import_id] = replace(known, steps_begun=known.steps_begun + 1, step=step)

    def _end(self, import_id: str, report: RosterReport | None, refused: str | None) -> None:
        self._known[import_id] = replace(
            self._known[import_id], has_ended=True, report=report, refused=refused
        )
