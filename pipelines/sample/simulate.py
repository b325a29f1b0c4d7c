"""The events of the sample school, in the event contract, in the order in which they arrive.

No clock and no shared random stream: the same seed gives the same events, a later `until` in the
same week only adds some, and so do more students.

Tuned against a public record of real students' tries (121,042 tries, 1,035 students; those with
50 tries or more where it matters, since two thirds of them only looked in for a day). Medians,
with the 10th to 90th percentile in brackets where it tells something:

| figure                                      | real             | sample           |
|---------------------------------------------|------------------|------------------|
| share of right tries                        | 0.65             | 0.61             |
| first try at a concept, tenth and later     | 0.54, 0.72       | 0.54, 0.66       |
| students' mean scores, standard deviation   | 0.18             | 0.17             |
| concepts' mean scores, 5th to 95th pct.     | 0.50 to 0.78     | 0.55 to 0.74     |
| same concept after a right try: in an hour  | 0.74             | 0.71             |
| ... a week or more later                    | 0.67             | 0.69             |
| seconds for a try                           | 36               | 37               |
| tries in a session (pauses to 30 minutes)   | 10 (2 to 32)     | 9 (3 to 25)      |
| minutes of a session, first to last try     | 8 (0 to 39)      | 9 (2 to 29)      |
| share of active days, quartiles             | 0.07, 0.21, 0.57 | 0.17, 0.24, 0.33 |
| tries until mastered (5 right, last 3 so)   | 7 (5 to 13)      | 8 (5 to 16)      |
| concepts stuck (4 tries or more, not done)  | 0.05             | 0.09             |
| concepts mastered of those started          | 0.11             | 0.52             |

The last line differs on purpose: there an app deals out questions of all topics, so that half of
the concepts see a single try; a school works through its curriculum, topic by topic. A second
record (37,909 tries, 329 students in a course) has 0.54 right and 0.25 mastered, 0.30 stuck.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import log
from zoneinfo import ZoneInfo

from pipelines.sample.habits import Session, sessions
from pipelines.sample.learning import Mind
from pipelines.sample.school import (
    CLASS_SIZE,
    LIVELY,
    Concept,
    Student,
    first_day,
    happens,
    stream,
    student,
    student_id,
)

SampleEvent = dict[str, object]


def simulate(students: int, days: int, seed: int, until: datetime) -> Iterator[SampleEvent]:
    """The events of that many students over at least `days` days, none after `until`.

    Student by student, each in order of arrival: what was done offline comes after the next
    session with a connection.
    """
    for number in range(1, students + 1):
        yield from history(student(number, days=days, seed=seed), days=days, seed=seed, until=until)


def history(who: Student, *, days: int, seed: int, until: datetime) -> Iterator[SampleEvent]:
    """One student's events in order of arrival."""
    return _History(who, days=days, seed=seed, until=until).events()


class _History:
    """One student's events, made one after the other."""

    def __init__(self, who: Student, *, days: int, seed: int, until: datetime) -> None:
        self._who = who
        self._days = days
        self._until = until.astimezone(UTC)
        self._start = first_day(self._until.date(), days)
        self._prefix = f"sample-{seed}-{self._start:%Y%m%d}-{who.student_id}"
        self._rng = stream("tries", seed=seed, number=who.number)
        self._habits = stream("habits", seed=seed, number=who.number)
        self._mind = Mind(who, stream("mind", seed=seed, number=who.number))
        self._now = self._began = datetime.min.replace(tzinfo=UTC)
        self._count = 0

    def events(self) -> Iterator[SampleEvent]:
        waiting: list[SampleEvent] = []
        last = self._until.astimezone(ZoneInfo(self._who.site.time_zone)).date() + timedelta(days=1)
        for session in sessions(
            self._who, start=self._start, days=self._days, last=last, rng=self._habits
        ):
            if session.begins_at > self._until:
                return
            made = [event for event in self._session(session) if self._happened(event)]
            if session.offline:
                waiting += made
                continue
            yield from made
            yield from waiting
            waiting = []

    def _happened(self, event: SampleEvent) -> bool:
        return datetime.fromisoformat(str(event["occurred_at"])) <= self._until

    def _session(self, session: Session) -> Iterator[SampleEvent]:
        # A long session before may still run: a student does one thing at a time.
        self._now = self._began = max(session.begins_at, self._now + timedelta(minutes=2))
        left = session.tries
        while left > 0:
            concept = self._mind.choose(self._subjects())
            for event in self._block(concept, session, left):
                left -= event["event_type"] == "attempted"
                yield event

    def _subjects(self) -> list[str]:
        """Subjects as the student feels like them now; the same may come up again."""
        interests = self._who.interests
        return self._rng.choices(list(interests), list(interests.values()), k=5)

    def _block(self, concept: Concept, session: Session, left: int) -> Iterator[SampleEvent]:
        """Tries at one concept until it is done, given up, or enough for now."""
        if concept.concept_id not in self._mind.skills:
            yield self._event("started", concept, session, self._seconds(60, 0.6))
        for _ in range(min(left, self._rng.randint(4, 12))):
            completed = self._completed(concept)
            yield self._try(concept, session)
            if self._completed(concept) and not completed:
                yield self._event("completed", concept, session)
                if not happens(self._who.ambition, self._rng):
                    return
            if self._mind.masters(concept):
                yield self._event("mastered", concept, session)
                yield from self._help(concept, session)
                return
            if self._mind.gives_up(concept):
                return

    def _completed(self, concept: Concept) -> bool:
        skill = self._mind.skills.get(concept.concept_id)
        return skill is not None and skill.completed

    def _try(self, concept: Concept, session: Session) -> SampleEvent:
        right = self._mind.practise(concept, session.day, self._now - self._began)
        partial = not right and happens(0.12, self._rng)
        score = 1.0 if right else self._rng.choice((0.25, 0.5, 0.75)) if partial else 0.0
        item = f"{concept.concept_id}-q{self._rng.randint(1, concept.items):02d}"
        seconds = self._seconds(34 if right else 39, 0.85)
        return self._event("attempted", concept, session, seconds, score=score, item_id=item)

    def _seconds(self, median: float, spread: float) -> int:
        drawn = self._rng.lognormvariate(log(median * self._who.pace), spread)
        return min(1800, max(2, round(drawn)))

    def _help(self, concept: Concept, session: Session) -> Iterator[SampleEvent]:
        if happens(self._who.kindness, self._rng):
            seconds = self._seconds(420, 0.5)
            yield self._event("helped", concept, session, seconds, helped_student_id=self._peer())

    def _peer(self) -> str:
        """A classmate with a lower number, so that it is there in a smaller school as well."""
        if self._who.number == LIVELY:
            return student_id(LIVELY + 1)
        return student_id(max(1, self._who.number - self._rng.randint(1, CLASS_SIZE - 1)))

    def _event(
        self, kind: str, concept: Concept, session: Session, seconds: int = 0, **more: object
    ) -> SampleEvent:
        self._count += 1
        self._now += timedelta(seconds=seconds + self._rng.randint(1, 12))
        return {
            "event_id": f"{self._prefix}-{self._count:05d}",
            "student_id": self._who.student_id,
            "concept_id": concept.concept_id,
            "event_type": kind,
            "time_spent": seconds,
            "occurred_at": self._now.isoformat(),
            "time_zone": session.time_zone,
            **more,
        }
