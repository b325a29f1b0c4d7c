"""What is wrong with an installation, and how to mend it: one finding for each part of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from models.artifact import ArtifactRefused, Shelf
from pipelines.learning.champions import NONE_YET, champion
from pipelines.learning.kinds import KINDS, Kind
from pipelines.notifying.assembly import check_channel
from pipelines.notifying.channels import EMAIL, PUSH, enabled_channels
from pipelines.running import with_secret
from warehouse.catalog import load_catalog
from warehouse.durable import make_directory
from warehouse.errors import SpoolError
from warehouse.history import missing_parts
from warehouse.lake import Lake
from warehouse.rules import load_rules
from warehouse.settings import Settings
from warehouse.snapshot import Snapshots, built_at
from warehouse.store.database import open_store

LEAST_FREE_BYTES = 2_000_000_000
OLD_SNAPSHOT = timedelta(hours=3)
OLD_INBOX = timedelta(hours=3)
OLD_MESSAGE = timedelta(minutes=30)
FILES_LOOKED_AT = 200


@dataclass(frozen=True)
class Finding:
    """What was looked at, whether it is well, and what to do if not."""

    ok: bool
    what: str
    cure: str = ""


def well(what: str) -> Finding:
    """Something is as it should be."""
    return Finding(ok=True, what=what)


def wrong(what: str, cure: str) -> Finding:
    """Something is not."""
    return Finding(ok=False, what=what, cure=cure)


def examine(settings: Settings, now: datetime) -> list[Finding]:
    """Look at every part; a part that cannot be looked at is a finding too."""
    looks: list[Callable[[], Finding]] = [
        lambda: _home(settings.home),
        lambda: _secret(settings),
        lambda: _store(settings, now),
        lambda: _audit(settings),
        lambda: _lake(Lake(settings.lake_dir)),
        lambda: _snapshot(Snapshots(settings.snapshots_dir), now),
        lambda: well(f"rules {load_rules(settings.rules).version}"),
        lambda: well(f"{len(load_catalog().tables)} tables in the catalog"),
        lambda: _writable("Dagster's storage", settings.dagster_dir),
        *(partial(_model, settings, kind) for kind in KINDS.values()),
        *(partial(_channel, settings, name) for name in enabled_channels(settings)),
        *([lambda: _sender(settings, now)] if enabled_channels(settings) else []),
    ]
    return list(_findings(looks))


def _findings(looks: list[Callable[[], Finding]]) -> Iterator[Finding]:
    for look in looks:
        try:
            yield look()
        except SpoolError as error:
            yield wrong(error.detail, error.cure)


def _home(home: Path) -> Finding:
    found = _writable("SPOOL_HOME", home)
    if not found.ok:
        return found
    free = shutil.disk_usage(home).free
    return Finding(
        free > LEAST_FREE_BYTES,
        f"SPOOL_HOME {home} has {free / 1e9:.1f} GB free",
        "Free some space: a build writes a new snapshot beside the last ones.",
    )


def _writable(name: str, directory: Path) -> Finding:
    try:
        make_directory(directory)
        probe = directory / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        cure = "Give this user the right to write there, or set SPOOL_HOME."
        return wrong(f"{name} {directory} cannot be written: {error.strerror}", cure)
    return well(f"{name} {directory} can be written")


def _secret(settings: Settings) -> Finding:
    with_secret(settings)
    return well("JWT_SECRET is there")


def _store(settings: Settings, now: datetime) -> Finding:
    with open_store(settings) as store:
        waiting, _ = store.inbox.unclaimed_mark()
        oldest = store.inbox.oldest_received_at() if waiting else None
    return Finding(
        oldest is None or now - oldest < OLD_INBOX,
        f"the store answers; {waiting} events wait for a build",
        "Builds do not run: start `spool up`, or run `spool build` and read what it says.",
    )


def _audit(settings: Settings) -> Finding:
    with open_store(settings) as store:
        found = store.audit.verify()
    if found.reason is None:
        return well(f"audit log of {found.rows} rows is whole; its end is {found.end[:16]}")
    return wrong(
        f"audit log: {found.reason}",
        "Somebody changed the store by hand. Keep a copy, then restore the last good backup.",
    )


def _lake(lake: Lake) -> Finding:
    """The newest files: those that a crash or a full disk could have hurt."""
    files = lake.files()
    for name in files[-FILES_LOOKED_AT:]:
        try:
            pq.read_metadata(lake.root / name)
        except (OSError, pa.ArrowInvalid):
            return wrong(f"lake file {name} cannot be read", "Restore it from a backup.")
    return well(f"{len(files)} files in the lake")


def _snapshot(snapshots: Snapshots, now: datetime) -> Finding:
    current = snapshots.current()
    if current is None:
        return wrong("there is no snapshot yet", "Run `spool build`.")
    lost = missing_parts(current, snapshots.history)
    if lost:
        return wrong(f"history file {lost[0]} is gone", "Run `spool build --full`.")
    age = now - built_at(current)
    return Finding(
        age < OLD_SNAPSHOT,
        f"snapshot {current.stem} was built {age.total_seconds() / 3600:.1f} hours ago",
        "Builds do not run: start `spool up`, or run `spool build` and read what it says.",
    )


def _model(settings: Settings, kind: Kind) -> Finding:
    """Whether a model is in use; that there is none yet is no fault of the installation."""
    found = champion(settings.models_dir, kind)
    if found.card is not None:
        return well(f"model {kind.name} {found.model_id}: {found.card['reason']}")
    if found.problem != NONE_YET:
        return wrong(str(found.problem), "Run `spool train`, then `spool build`.")
    return well(f"model {kind.name}: none yet; {_why_none(settings, kind)}")


def _why_none(settings: Settings, kind: Kind) -> str:
    shelf = Shelf(settings.models_dir, kind.name)
    try:
        newest = shelf.newest()
    except ArtifactRefused as refusal:
        return refusal.detail
    if newest is None:
        return f"`spool train` makes one from {kind.needs}"
    return f"the latest challenger failed: {newest['reason']}"


def _channel(settings: Settings, name: str) -> Finding:
    """Whether a channel has all that it needs; nothing is sent."""
    check_channel(with_secret(settings), name)
    local = urlsplit(settings.public_url).hostname in {"localhost", "127.0.0.1"}
    if name == EMAIL and local:
        return wrong(
            f"mails would link to {settings.public_url}, which no recipient can reach",
            "Set PUBLIC_URL to the address at which people reach this service.",
        )
    if name == PUSH and local and settings.email_from is None:
        return wrong(
            "push services are not told whom to write to, and some refuse that",
            "Set EMAIL_FROM, or PUBLIC_URL to an address with https://.",
        )
    return well(f"notifications go out by {name}")


def _sender(settings: Settings, now: datetime) -> Finding:
    with open_store(settings) as store:
        since, channels = now - OLD_MESSAGE, enabled_channels(settings)
        late = store.outbox.overdue(since, channels) + store.deliveries.overdue(since, channels)
    return Finding(
        not late,
        f"{late} notifications should have been sent half an hour ago",
        "No sender works: start `spool notify --watch` (`spool up` does).",
    )
