"""One trial of a kind: a challenger learns, is judged beside the champion, and wins or goes.

The steps are those that Dagster shows as assets; the file that is judged is the file that is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models.artifact import Shelf
from models.contests.examples import Examples, is_judge
from models.contests.judgement import Judgement, Verdict, verdict
from models.drift import usual, usual_figures
from models.errors import NotEnoughExamples
from models.threads import one_thread
from pipelines.learning.champions import Champion, champion
from pipelines.learning.kinds import Kind, Model
from pipelines.learning.supplying import frame
from warehouse.examples import Sample, sample_students
from warehouse.settings import Settings

MOST_EVENTS = 400_000


@dataclass
class Trial:
    """What is known of one kind in a training run, step by step."""

    kind: Kind
    challenger: Model | None = None
    too_little: str = ""
    judged: Judgement | None = None
    champion: Champion | None = None
    champion_judged: Judgement | None = None
    verdict: Verdict | None = None
    model_id: str | None = None
    card: Mapping[str, Any] = field(default_factory=dict)


class Training:
    """A training run: the examples that all kinds learn from, and where their models are kept."""

    def __init__(
        self,
        settings: Settings,
        now: datetime,
        *,
        seed: int = 0,
        most_events: int = MOST_EVENTS,
        most_tries: int | None = None,
    ) -> None:
        self.settings, self.now, self.seed = settings, now, seed
        self.most_events, self.most_tries = most_events, most_tries
        self.sample: Sample | None = None
        self.examples: Examples | None = None

    def gather(self) -> Sample:
        """Take the examples of this run from the published snapshot."""
        sample = sample_students(self.settings, seed=self.seed, most_events=self.most_events)
        frames = {name: frame(table) for name, table in sample.tables.items()}
        self.sample, self.examples = sample, Examples(frames, sample.as_of, self.most_tries)
        return sample

    def learn(self, kind: Kind) -> Trial:
        """Fit a challenger; with too little to learn from, say so."""
        trial = Trial(kind)
        try:
            with one_thread():
                trial.challenger = kind.fit(self._examples, self.seed)
        except NotEnoughExamples as problem:
            trial.too_little = f"{problem} It needs {kind.needs}."
        return trial

    def judge(self, trial: Trial) -> Trial:
        """Judge challenger and champion on the same students and days."""
        trial.champion = champion(self.settings.models_dir, trial.kind)
        if trial.challenger is None:
            trial.verdict = Verdict(accepted=False, reason=trial.too_little)
            return trial
        with one_thread():
            trial.judged = trial.kind.judge(trial.challenger, self._examples)
            if trial.champion.model is not None:
                trial.champion_judged = trial.kind.judge(trial.champion.model, self._examples)
        trial.verdict = verdict(trial.judged, trial.champion_judged)
        return trial

    def settle(self, trial: Trial) -> Trial:
        """Keep the challenger with its card, and put it into use if it has won."""
        trial.card = self._card(trial)
        if trial.challenger is None or trial.verdict is None:
            return trial
        shelf = Shelf(self.settings.models_dir, trial.kind.name)
        trial.model_id = shelf.save(trial.challenger.to_state(), trial.card, self.now)
        trial.card = shelf.card(trial.model_id)
        if trial.verdict.accepted:
            shelf.crown(trial.model_id, self.now)
        shelf.prune()
        return trial

    def run(self, kind: Kind) -> Trial:
        """All steps of one kind."""
        return self.settle(self.judge(self.learn(kind)))

    @property
    def _examples(self) -> Examples:
        if self.examples is None:
            self.gather()
        assert self.examples is not None  # noqa: S101  # gathered just now
        return self.examples

    def _card(self, trial: Trial) -> dict[str, Any]:
        sample, examples = self.sample, self._examples
        students = examples.frames["daily"]["student_id"].unique()
        told: dict[str, Any] = {
            "title": trial.kind.title,
            "definition": trial.kind.definition,
            "trained_at": self.now.isoformat(),
            "seed": self.seed,
            "data": {
                "snapshot_id": sample.snapshot_id if sample else None,
                "as_of": examples.as_of.isoformat(),
                "students": len(students),
                "judging_students": sum(is_judge(student) for student in students),
                "events": sample.event_count if sample else 0,
            },
            "needs": trial.kind.needs,
            "accepted": trial.verdict.accepted if trial.verdict else False,
            "reason": trial.verdict.reason if trial.verdict else "",
            "scores": trial.judged.told() if trial.judged else None,
            "champion": {
                "model_id": trial.champion.model_id if trial.champion else None,
                "problem": trial.champion.problem if trial.champion else None,
                "scores": trial.champion_judged.told() if trial.champion_judged else None,
            },
            "own_report": _own_report(trial.challenger),
        }
        if trial.kind.name == "mastery":
            told["usual"] = usual(usual_figures(examples.frames["tries"]))
        return told


def _own_report(model: Model) -> Any:
    """What a model measured itself on its last mornings, as rows of plain values."""
    report = getattr(model, "report", None)
    if report is None or isinstance(report, dict):
        return report
    return model.to_state()["report"]
