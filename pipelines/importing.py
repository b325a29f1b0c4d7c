"""Importing files at a terminal: a progress bar each, and what became of every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.status import Status

from warehouse.importer import import_curriculum, import_events
from warehouse.roster.importing import import_roster
from warehouse.settings import Settings
from warehouse.store.database import Store


def import_event_files(
    settings: Settings, store: Store, files: Sequence[Path], console: Console
) -> bool:
    """Import each file; returns whether every row of every file was taken."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    complete = True
    for path in files:
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task(escape(path.name), total=None)
            report = import_events(
                settings,
                store,
                path,
                progress=_shown(progress, bar),
            )
        print(
            f"{path.name}: {report.accepted} accepted, {report.duplicates} duplicate,"
            f" {report.rejected} rejected"
        )
        for notice in report.notices:
            console.print(notice, highlight=False, markup=False)
        if report.rejected:
            console.print(
                f"The rejected rows, with reasons: {report.rejects_path}",
                highlight=False,
                markup=False,
            )
            complete = False
    return complete


def import_curriculum_file(store: Store, files: Sequence[Path], console: Console) -> None:
    """Import each curriculum file, whole or not at all."""
    for path in files:
        count = import_curriculum(store, path)
        console.print(f"{path.name}: {count} concepts", highlight=False, markup=False)


def import_roster_package(
    settings: Settings, store: Store, packages: Sequence[Path], console: Console
) -> None:
    """Import each OneRoster package, whole or not at all, and print what it found."""
    for path in packages:
        with console.status(f"{escape(path.name)}: the manifest") as status:
            report = import_roster(
                store,
                path,
                zone=settings.default_timezone,
                progress=partial(_told, status, path.name),
            )
        print(f"{path.name}: OneRoster {report.version} imported")
        for line in report.lines():
            console.print(line, highlight=False, markup=False)


def _told(status: Status, package: str, what: str) -> None:
    status.update(escape(f"{package}: {what}"))


def _shown(progress: Progress, bar: TaskID) -> Callable[[int, int], None]:
    """A callback that moves one bar."""

    def show(done: int, total: int) -> None:
        progress.update(bar, completed=done, total=total)

    return show
