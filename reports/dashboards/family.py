"""What the store says of some students at one moment: names, goals, breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.dashboards.making import Learner
from warehouse.reader import Reader, Row, StudentReader
from warehouse.store.goals import Goal
from warehouse.store.rosters import PlannedBreak, Profile
from warehouse.zones import zone_info

BREAKS_DAYS = 10


@dataclass(frozen=True)
class Family:
    """What the store says of some students at one moment."""

    reader: Reader
    profiles: Mapping[str, Profile]
    goals: Sequence[Goal]
    breaks: Sequence[PlannedBreak]

    def learner(self, member: StudentReader, weeks: Sequence[Row]) -> Learner:
        """One of them, with the goal and the breaks of their week."""
        student_id = member.student_id
        profile = self.profiles.get(student_id)
        mine = (row["today"] for row in weeks if row["student_id"] == student_id)
        today = next(mine, None) or self._date(member, profile)
        monday = today - timedelta(days=today.weekday())
        goal = next(
            (
                goal
                for goal in reversed(self.goals)
                if goal.student_id == student_id and goal.from_week <= monday
            ),
            None,
        )
        return Learner(
            student_id,
            (profile.name if profile else None) or "",
            today,
            goal,
            [(b.first_day, b.last_day) for b in self.breaks if b.student_id == student_id],
        )

    def _date(self, member: StudentReader, profile: Profile | None) -> date:
        """Today of somebody who has not begun, by their profile."""
        zone = (profile.time_zone if profile else None) or self.reader.settings.default_timezone
        return member.meta.as_of.astimezone(zone_info(zone)).date()


def family_of(reader: Reader, student_ids: Sequence[str], others: Sequence[str] = ()) -> Family:
    """Ask the store once for all of them."""
    since = reader.clock().date() - timedelta(days=BREAKS_DAYS)
    profiles, goals, breaks = reader.store.rosters.about(student_ids, others, since)
    return Family(reader, profiles, goals, breaks)
