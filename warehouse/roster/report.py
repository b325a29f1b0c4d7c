"""What an import found: problems that stop it, remarks that do not, and what it changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from warehouse.errors import SpoolError

SHOWN_MAX = 100


@dataclass(frozen=True)
class Remark:
    """One sentence about a place in the package."""

    file: str
    line: int | None
    text: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file} line {self.line}"
        return f"{where}: {self.text}"


@dataclass
class RosterReport:
    """Everything that is to be said about one package."""

    version: str = ""
    problems: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)

    def problem(self, file: str, line: int | None, text: str) -> None:
        """Something for which nothing of the package can be taken over."""
        self.problems.append(Remark(file, line, text))

    def remark(self, file: str, line: int | None, text: str) -> None:
        """Something that is left out, or that its sender should know."""
        self.remarks.append(Remark(file, line, text))

    def lines(self) -> list[str]:
        """Problems, or else remarks, then figures; long lists are cut and counted."""
        shown = self.problems or self.remarks
        more = len(shown) - SHOWN_MAX
        said = [str(remark) for remark in shown[:SHOWN_MAX]]
        if more > 0:
            said.append(f"… and {more} more")
        if not self.problems:
            said.append("read: " + _figures(self.read))
            said.append("changed: " + _figures(self.changed))
        return said


class InvalidRoster(SpoolError):
    """A package that was refused; nothing of it was taken over."""

    title = "The roster was not imported"

    def __init__(self, report: RosterReport) -> None:
        self.report = report
        count = len(report.problems)
        listed = "\n".join(report.lines())
        super().__init__(
            f"{count} problem{'s' if count > 1 else ''}; nothing was changed.\n{listed}",
            cure="Correct these lines in the system that exports, then import again.",
        )


def _figures(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"
