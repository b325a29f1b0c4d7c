"""Taking a OneRoster package over: read whole, judged whole, then written in one transaction.

What the school's system says of people, classes and families holds, except where an admin of this
service has decided otherwise. A guardian on the roster has the school's word for their consent; a
consent that was taken back here is never given back by an import. `relative` alone gives no sight
of a child: that takes an admin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from warehouse.clock import Clock, utc_now
from warehouse.roster import files
from warehouse.roster.files import Layout, Line, Manifest, read_file, read_manifest
from warehouse.roster.package import Package
from warehouse.roster.report import InvalidRoster, RosterReport
from warehouse.store.database import Store
from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass
from warehouse.store.roster import Roster, known, take_over
from warehouse.zones import zone_info

GUARDIANS = frozenset({"guardian", "parent"})
Lines = dict[str, Line]


def import_roster(
    store: Store,
    path: Path,
    *,
    zone: str = "UTC",
    clock: Clock = utc_now,
    progress: Callable[[str], None] | None = None,
) -> RosterReport:
    """Take over a folder or ZIP; the report says what was read, left out and changed.

    Raises:
        InvalidRoster: something in it is wrong; every such place is named and nothing was changed.
        UnreadableFile: it is no package at all, or one made to do harm.
    """
    tell = progress or _silent
    report = RosterReport()
    package = Package(path)
    try:
        manifest = read_manifest(package, report)
        report.version = manifest.version
        read: dict[str, Lines] = {}
        for layout in files.NEEDED.get(manifest.version, ()):
            tell(layout.name)
            read[layout.name] = _read(package, layout, manifest, report)
        _remark_on_others(package, report)
    finally:
        package.close()
    if report.problems:
        raise InvalidRoster(report)
    tell("the store")
    roster = _Reader(read, manifest, store, zone, report).roster()
    if report.problems:
        raise InvalidRoster(report)
    report.changed.update(take_over(store.engine, roster, clock()))
    return report


def _read(package: Package, layout: Layout, manifest: Manifest, report: RosterReport) -> Lines:
    mode = manifest.mode(layout)
    if mode == "absent":
        report.remark(layout.name, None, "is absent by the manifest: what is known of it stays")
        return {}
    if layout.name not in package.names:
        return {}  # the manifest's promise was named already
    return read_file(package, layout, mode, report)


def _remark_on_others(package: Package, report: RosterReport) -> None:
    read = {layout.name for layouts in files.NEEDED.values() for layout in layouts}
    for name in sorted(package.names - read - {files.MANIFEST}):
        why = files.IGNORED.get(name, "is none of the files that we read")
        report.remark(name, None, f"was left out: {why}")


class _Reader:
    """Turns the lines of a package into what the store keeps, remarking on what does not fit."""

    def __init__(
        self,
        read: Mapping[str, Lines],
        manifest: Manifest,
        store: Store,
        zone: str,
        report: RosterReport,
    ) -> None:
        self.users = read.get(files.USERS.name, {})
        self.classes = read.get(files.CLASSES.name, {})
        self.enrolments = read.get(files.ENROLMENTS.name, {})
        self.role_lines = read.get(files.ROLES.name, {})
        self.orgs = read.get(files.ORGS.name, {})
        self.manifest, self.report, self.zone = manifest, report, zone_info(zone)
        self.known_people, self.known_classes = known(store.engine)
        self.roles = self._roles()
        self.named_roles: defaultdict[str, set[str]] = defaultdict(set)
        for line in self.role_lines.values():
            self.named_roles[line["userSourcedId"]].add(line["role"])

    def roster(self) -> Roster:
        people, classes = self._people(), self._classes()
        return Roster(
            people=people,
            roles=[(p, role) for p, roles in self.roles.items() for role in roles if role],
            classes=classes,
            enrolments=self._enrolments(),
            guardians=self._guardians(),
            roles_told_of=self._roles_told_of(),
            families_told_of=self._families_told_of(),
            gone_people=[p for p, line in self.users.items() if line.gone],
            gone_classes=[c for c, line in self.classes.items() if line.gone],
            gone_enrolments=self._gone_enrolments(),
            all_people=self.manifest.mode(files.USERS) == "bulk",
            all_classes=self.manifest.mode(files.CLASSES) == "bulk",
            all_enrolments=self.manifest.mode(files.ENROLMENTS) == "bulk",
        )

    def _roles(self) -> dict[str, set[str]]:
        """Each user's roles as the files name them turned into ours, primary or not."""
        found: dict[str, set[str]] = {}
        for person, line in self.users.items():
            if line["role"] and not line.gone:
                found.setdefault(person, set()).add(files.USER_ROLES[line["role"]])
        for line in self.role_lines.values():
            person = line["userSourcedId"]
            if line.gone:
                continue
            if person not in self.users and person not in self.known_people:
                self._orphan(files.ROLES, line, f"the user {person!r}")
            else:
                found.setdefault(person, set()).add(files.USER_ROLES[line["role"]])
        return found

    def _roles_told_of(self) -> set[str]:
        """Whose roles the package states: of all its users, or in 1.2 of those in roles.csv."""
        if files.ROLES not in files.NEEDED[self.manifest.version]:
            return {person for person, line in self.users.items() if not line.gone}
        told = {line["userSourcedId"] for line in self.role_lines.values()}
        if self.manifest.mode(files.ROLES) == "bulk":
            told |= {person for person, line in self.users.items() if not line.gone}
        return told & (self.users.keys() | self.known_people.keys())

    def _families_told_of(self) -> set[str]:
        """The students of the package: their own row names all their guardians."""
        return {
            person
            for person, line in self.users.items()
            if not line.gone and not self._is_guardian(person)
        }

    def _people(self) -> list[Person]:
        found = []
        for person, line in self.users.items():
            if line.gone:
                continue
            first = line["preferredGivenName"] or line["givenName"]
            last = line["preferredFamilyName"] or line["familyName"]
            name = " ".join(f"{first} {last}".split())[: files.NAME_LENGTH]
            active = line["enabledUser"] in {"true", "1"}
            found.append(Person(person, name or None, line["email"] or None, None, None, active))
        return found

    def _classes(self) -> list[SchoolClass]:
        found = []
        for class_id, line in self.classes.items():
            if line.gone:
                continue
            school = line["schoolSourcedId"]
            if self.orgs and school and school not in self.orgs:
                self._orphan(files.CLASSES, line, f"the school {school!r}", kept=True)
            title = line["title"].strip()[: files.NAME_LENGTH]
            found.append(
                SchoolClass(
                    class_id, title, school or None, None, leaderboard_enabled=True, active=True
                )
            )
        return found

    def _enrolments(self) -> list[Enrolment]:
        found: dict[tuple[str, str, str], Enrolment] = {}
        for line in self.enrolments.values():
            role = "" if line.gone else files.CLASS_ROLES[line["role"]]
            if role and self._fits(line):
                enrolment = Enrolment(
                    line["classSourcedId"],
                    line["userSourcedId"],
                    role,
                    self._begins(files.day(line["beginDate"])),
                    self._ends(files.day(line["endDate"])),
                )
                found[enrolment[:3]] = enrolment
        return list(found.values())

    def _gone_enrolments(self) -> list[tuple[str, str, str]]:
        """Who left a class. We know an enrolment by class, user and role, not by its sourcedId."""
        found = []
        for line in self.enrolments.values():
            role = files.CLASS_ROLES.get(line["role"], "")
            named = line["classSourcedId"] and line["userSourcedId"]
            if line.gone and named and role:
                found.append((line["classSourcedId"], line["userSourcedId"], role))
            elif line.gone and not (named and line["role"] in files.CLASS_ROLES):
                self.report.problem(
                    files.ENROLMENTS.name,
                    line.number,
                    "takes an enrolment away without its classSourcedId, userSourcedId and role",
                )
        return found

    def _fits(self, line: Line) -> bool:
        for column, what, here, elsewhere in (
            ("userSourcedId", "user", self.users, self.known_people),
            ("classSourcedId", "class", self.classes, self.known_classes),
        ):
            named = line[column]
            if named not in here and named not in elsewhere:
                self._orphan(files.ENROLMENTS, line, f"the {what} {named[:60]!r}")
                return False
        return True

    def _guardians(self) -> list[Guardian]:
        """Agents of students, and students whose agents guardians say they are."""
        found: dict[tuple[str, str], Guardian] = {}
        for person, line in self.users.items():
            for agent in () if line.gone else files.listed(line["agentSourcedIds"]):
                if agent not in self.users and agent not in self.known_people:
                    self._orphan(files.USERS, line, f"the agent {agent!r}")
                    continue
                child, adult = (agent, person) if self._is_guardian(person) else (person, agent)
                if child == adult or not self._is_guardian(adult):
                    text = f"{agent!r} is an agent but no parent, guardian or relative: left out"
                    self.report.remark(files.USERS.name, line.number, text)
                    continue
                relation = self._relation(adult)
                found[child, adult] = Guardian(
                    child, adult, relation, relation in GUARDIANS, None, None
                )
        return list(found.values())

    def _is_guardian(self, person: str) -> bool:
        return files.PARENT in self.roles.get(person, self.known_people.get(person, set()))

    def _relation(self, person: str) -> str:
        named = self.named_roles[person] | (
            {self.users[person]["role"]} if person in self.users else set()
        )
        return next(
            (role for role in ("parent", "guardian", "relative") if role in named), "parent"
        )

    def _orphan(self, layout: Layout, line: Line, what: str, *, kept: bool = False) -> None:
        done = "kept without it" if kept else "left out"
        text = f"{what} is neither in the package nor known: {done}"
        self.report.remark(layout.name, line.number, text)

    def _begins(self, first: date | None) -> datetime | None:
        return datetime.combine(first, time(), self.zone).astimezone(UTC) if first else None

    def _ends(self, last: date | None) -> datetime | None:
        """The end of the last day: some systems mean it included, and a day more harms nobody."""
        return self._begins(last + timedelta(days=1)) if last else None


def _silent(_what: str) -> None:
    """Nobody watches."""
