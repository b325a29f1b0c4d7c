"""One build per run: opened before the first asset, dropped after the last whatever happened.

All assets of a run work on the same open workspace, which is why the job runs in one process.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

import dagster as dg
from pydantic import Field, PrivateAttr

from pipelines.learning.supplying import Foretelling, foretelling
from warehouse import logs
from warehouse.build import Build
from warehouse.build_report import BuildRequest
from warehouse.clock import utc_now
from warehouse.settings import load_settings
from warehouse.store.database import open_store


class WarehouseRun(dg.ConfigurableResource["WarehouseRun"]):
    """The build that this run makes."""

    full: bool = Field(default=False, description="Rebuild every student from the lake.")
    as_of: str | None = Field(
        default=None, description="RFC 3339 instant; later events are left out. Default: now."
    )
    known_at: str | None = Field(
        default=None, description="RFC 3339 instant; events received later are left out."
    )

    _build: Build | None = PrivateAttr(default=None)
    _foretelling: Foretelling | None = PrivateAttr(default=None)

    @property
    def build(self) -> Build:
        """The open build."""
        if self._build is None:
            raise dg.Failure("The build is not open: run the job `warehouse` as a whole.")
        return self._build

    @property
    def foretelling(self) -> Foretelling:
        """What the build is given by the models in use."""
        if self._foretelling is None:
            raise dg.Failure("The build is not open: run the job `warehouse` as a whole.")
        return self._foretelling

    @contextmanager
    def yield_for_execution(
        self, context: dg.InitResourceContext
    ) -> Generator["WarehouseRun", None, None]:
        """Open store and build for the time of the run."""
        _refuse_part_of_the_job(context)
        settings = load_settings()
        logs.configure(settings.log_level, settings.log_format)
        request = BuildRequest(
            now=utc_now(),
            full=self.full,
            as_of=_instant(self.as_of),
            known_at=_instant(self.known_at),
        )
        given = foretelling(settings, request.known_at or request.as_of)
        with (
            open_store(settings) as store,
            Build(settings, store, request, suppliers=given.suppliers).running() as build,
        ):
            self._build, self._foretelling = build, given
            try:
                yield self
            finally:
                self._build, self._foretelling = None, None


def _refuse_part_of_the_job(context: dg.InitResourceContext) -> None:
    """A snapshot is published whole: a run of some assets would do work that nobody sees."""
    run = context.run
    if run is None:
        return
    published = dg.AssetKey(["meta", "snapshot"])
    partial = bool(run.asset_selection) and published not in (run.asset_selection or ())
    if partial or (run.parent_run_id and run.step_keys_to_execute):
        raise dg.Failure(
            "A snapshot is built and published as a whole. Materialize all assets, or launch the"
            " job `warehouse`; re-execute a failed run from its beginning."
        )


def _instant(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise dg.Failure(f"{text!r} is no instant; write 2026-03-01T12:00:00Z.") from error
    if instant.tzinfo is None:
        raise dg.Failure(f"{text!r} has no offset; write 2026-03-01T12:00:00Z.")
    return instant
