"""How a student's knowledge grows: a latent skill per concept, with guessing, slips and forgetting.

The chance of a right answer is a logistic curve of ability + readiness + skill - difficulty (less
when tired of a long session), between the chance of guessing and that of a slip. Skill grows with
every try and half of it fades over the days without practice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import exp
from random import Random

from pipelines.sample.school import Concept, Student, curriculum, happens

GUESS = 0.16
SLIP = 0.06
RIGHTS_TO_COMPLETE = 3
RIGHTS_TO_MASTER = 5
RUN_TO_MASTER = 3
MISSES_TO_DESPAIR = 3
STUCK_FROM_TRIES = 4
TIRED_FROM = timedelta(minutes=15)


@dataclass(slots=True)
class Skill:
    """What the student has done in one concept, and what stuck."""

    gained: float = 0.0
    practised_day: int = 0
    tries: int = 0
    rights: int = 0
    run: int = 0
    misses: int = 0

    @property
    def completed(self) -> bool:
        return self.rights >= RIGHTS_TO_COMPLETE


class Mind:
    """One student's knowledge of the whole curriculum, changed by practice."""

    def __init__(self, who: Student, rng: Random) -> None:
        self._who = who
        self._rng = rng
        self.skills: dict[str, Skill] = {}
        self.mastered: set[str] = set()
        self.abandoned: set[str] = set()

    def chance(self, concept: Concept, day: int, sat: timedelta) -> float:
        """The chance that the next answer is right, that long after the session began."""
        level = self._who.ability + self._readiness(concept) - concept.difficulty
        level += self._kept(concept.concept_id, day)
        level -= self._who.tires * (sat > TIRED_FROM)
        return GUESS + (1 - GUESS - SLIP) / (1 + exp(-level))

    def practise(self, concept: Concept, day: int, sat: timedelta) -> bool:
        """One try: whether it was right. The try itself teaches, a right one more."""
        right = happens(self.chance(concept, day, sat), self._rng)
        skill = self.skills.setdefault(concept.concept_id, Skill())
        kept = self._kept(concept.concept_id, day)
        skill.gained = kept + (0.19 if right else 0.12) * max(0.0, 1 - kept / 2.4)
        skill.practised_day = day
        skill.tries += 1
        skill.rights += right
        skill.run = skill.run + 1 if right else 0
        skill.misses = 0 if right else skill.misses + 1
        return right

    def masters(self, concept: Concept) -> bool:
        """Whether the tries so far earn mastery now for the first time."""
        skill = self.skills[concept.concept_id]
        earned = skill.rights >= RIGHTS_TO_MASTER and skill.run >= RUN_TO_MASTER
        if not earned or concept.concept_id in self.mastered:
            return False
        self.mastered.add(concept.concept_id)
        return True

    def choose(self, subjects: Sequence[str]) -> Concept:
        """The concept to work at next: in the first subject with something left to do."""
        for subject in subjects:
            chosen = self._choose_in(subject)
            if chosen is not None:
                return chosen
        return self._rng.choice(curriculum())

    def _choose_in(self, subject: str) -> Concept | None:
        """What is open before what is new, mostly; now and then a peek ahead or a look back."""
        open_, unfinished, fresh, locked, known = self._piles(subject)
        if open_ and happens(0.6, self._rng):
            return open_[0]
        if unfinished and happens(0.7 * self._who.ambition, self._rng):
            return self._rng.choice(unfinished)
        if locked and happens(0.04, self._rng):
            return locked[0]
        if known and happens(0.12, self._rng):
            return self._rng.choice(known)
        return next(iter(fresh or open_ or unfinished), None)

    def gives_up(self, concept: Concept) -> bool:
        """Whether failing again and again makes the student leave the concept, some for good."""
        skill = self.skills[concept.concept_id]
        if skill.misses < MISSES_TO_DESPAIR or happens(self._who.persistence, self._rng):
            return False
        if skill.tries >= STUCK_FROM_TRIES and happens(0.3, self._rng):
            self.abandoned.add(concept.concept_id)
        return True

    def _piles(self, subject: str) -> tuple[list[Concept], ...]:
        """Concepts that are open, completed without mastery, fresh, locked, mastered."""
        piles: tuple[list[Concept], ...] = ([], [], [], [], [])
        for concept in curriculum():
            if concept.subject_id == subject and concept.concept_id not in self.abandoned:
                piles[self._pile(concept)].append(concept)
        return piles

    def _pile(self, concept: Concept) -> int:
        skill = self.skills.get(concept.concept_id)
        if skill is None:
            return 2 if all(map(self._completed, concept.prerequisites)) else 3
        if concept.concept_id in self.mastered:
            return 4
        return 1 if skill.completed else 0

    def _completed(self, concept_id: str) -> bool:
        skill = self.skills.get(concept_id)
        return skill is not None and skill.completed

    def _readiness(self, concept: Concept) -> float:
        if not concept.prerequisites:
            return 0.0
        kept = [min(1.0, self._gained(needed)) for needed in concept.prerequisites]
        return 0.6 * sum(kept) / len(kept) - 0.5

    def _gained(self, concept_id: str) -> float:
        skill = self.skills.get(concept_id)
        return skill.gained if skill else 0.0

    def _kept(self, concept_id: str, day: int) -> float:
        skill = self.skills.get(concept_id)
        if skill is None:
            return 0.0
        idle_days = day - skill.practised_day
        return skill.gained * (0.55 + 0.45 * exp(-idle_days / (3 + 0.5 * skill.tries)))
