"""Every error of our own: what went wrong, with which thing, and the cure.

Boundaries (API, CLI, Dagster) render these; nothing inside catches them to carry on.
"""

from __future__ import annotations


class SpoolError(Exception):
    """Base of all our errors: `title` is the kind, `detail` names the thing, `cure` what to do."""

    title = "Spool Progress cannot do this"

    def __init__(self, detail: str, *, cure: str = "", field: str | None = None) -> None:
        super().__init__(f"{detail} {cure}".strip())
        self.detail = detail
        self.cure = cure
        self.field = field


class InvalidSettings(SpoolError):
    """An environment variable has a value that we cannot run with."""

    title = "A setting is wrong"


class InvalidEvent(SpoolError):
    """A learning event breaks a rule of the event contract; `field` names where."""

    title = "The event is not valid"


class InvalidRules(SpoolError):
    """The rules file (points, badges, levels) has an entry that we cannot apply."""

    title = "The rules file is not valid"


class InvalidTable(SpoolError):
    """A SQL file breaks the conventions for tables, queries or checks."""

    title = "A SQL file is not valid"


class UnreadableFile(SpoolError):
    """A file given to us cannot be read as what its name says."""

    title = "The file cannot be read"


class StoreUnavailable(SpoolError):
    """The transactional store does not answer or could not make data durable."""

    title = "The store is not available"


class SnapshotUnavailable(SpoolError):
    """No published snapshot can be opened."""

    title = "No snapshot is available"


class BuildFailed(SpoolError):
    """A build stopped before publishing; the last good snapshot stays current."""

    title = "The build failed"
