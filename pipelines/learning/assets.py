"""Training in Dagster: the examples, and for each kind a challenger, its judgement, the champion.

One run works on one `TrainingRun` in one process; a kind's trial is handed on through it.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

import dagster as dg
from pydantic import Field, PrivateAttr

from models.contests.judgement import Judgement
from pipelines.learning.cards import as_markdown, picture_of
from pipelines.learning.kinds import KINDS, Kind
from pipelines.learning.trial import MOST_EVENTS, Training, Trial
from warehouse import logs
from warehouse.clock import utc_now
from warehouse.settings import load_settings

EXAMPLES = dg.AssetKey(["training", "examples"])
# Not the snapshot nor its tables: one op makes them all, predictions too, and a circle has no
# beginning. A training makes the tables that it needs anew, from the events of its students.
LEARNED_FROM = [dg.AssetKey(["source", "history"])]
GATE = "better_calibrated_and_not_worse"
GROUP = "training"


def champion_key(kind: Kind) -> dg.AssetKey:
    """The asset that stands for a kind's model in use."""
    return dg.AssetKey(["models", kind.name])


class TrainingRun(dg.ConfigurableResource["TrainingRun"]):
    """The training that this run makes."""

    seed: int = Field(
        default=0, description="Which students are taken, and all chance in learning."
    )
    most_events: int = Field(
        default=MOST_EVENTS, description="Students are taken until they have so many events."
    )

    most_tries: int | None = Field(
        default=None,
        description="The model of mastery learns from no more tries; for a quick start.",
    )

    _training: Training | None = PrivateAttr(default=None)
    _trials: dict[str, Trial] = PrivateAttr(default_factory=dict)

    @property
    def training(self) -> Training:
        """The open training."""
        if self._training is None:
            raise dg.Failure("Training is not open: run the job `training` as a whole.")
        return self._training

    def begin(self, kind: Kind) -> Trial:
        """Start the trial of a kind."""
        self._trials[kind.name] = self.training.learn(kind)
        return self._trials[kind.name]

    def trial(self, kind: Kind) -> Trial:
        """The trial of a kind as it stands."""
        if kind.name not in self._trials:
            raise dg.Failure(f"No challenger of {kind.name} is there: run the job as a whole.")
        return self._trials[kind.name]

    @contextmanager
    def yield_for_execution(
        self, _context: dg.InitResourceContext
    ) -> Generator["TrainingRun", None, None]:
        """Open the training for the time of the run."""
        settings = load_settings()
        logs.configure(settings.log_level, settings.log_format)
        self._training = Training(
            settings,
            utc_now(),
            seed=self.seed,
            most_events=self.most_events,
            most_tries=self.most_tries,
        )
        try:
            yield self
        finally:
            self._training, self._trials = None, {}


@dg.asset(key=EXAMPLES, deps=LEARNED_FROM, group_name=GROUP)
def training_examples(trainer: TrainingRun) -> dg.MaterializeResult[None]:
    """Students of the published snapshot to learn from and to be judged on; so many, no more."""
    sample = trainer.training.gather()
    return dg.MaterializeResult(
        metadata={
            "snapshot_id": sample.snapshot_id,
            "students": sample.student_count,
            "events": sample.event_count,
            **{f"{name}_rows": len(table) for name, table in sample.tables.items()},
        }
    )


def training_assets() -> Sequence[dg.AssetsDefinition]:
    """All assets of training."""
    of_kinds = [make(kind) for kind in KINDS.values() for make in (_challenger, _judged, _champion)]
    return [training_examples, *of_kinds]


def _challenger(kind: Kind) -> dg.AssetsDefinition:
    @dg.asset(
        key=_key(kind, "challenger"),
        deps=[EXAMPLES],
        group_name=GROUP,
        kinds={"scikitlearn"},
        description=f"{kind.title}: learned from four fifths of the students. Needs {kind.needs}.",
    )
    def _made(trainer: TrainingRun) -> dg.MaterializeResult[None]:
        trial = trainer.begin(kind)
        return dg.MaterializeResult(
            metadata={
                "learned": trial.challenger is not None,
                "too_little": trial.too_little or "-",
            }
        )

    return _made


def _judged(kind: Kind) -> dg.AssetsDefinition:
    key = _key(kind, "evaluation")

    @dg.asset(
        key=key,
        deps=[_key(kind, "challenger")],
        group_name=GROUP,
        check_specs=[dg.AssetCheckSpec(GATE, asset=key, blocking=False)],
        description=f"{kind.title}: challenger and champion on the same held-out students, later.",
    )
    def _made(
        trainer: TrainingRun,
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        trial = trainer.training.judge(trainer.trial(kind))
        yield dg.MaterializeResult(asset_key=key, metadata=_scores(trial, kind))
        yield _gate(trial, key)

    return _made


def _champion(kind: Kind) -> dg.AssetsDefinition:
    @dg.asset(
        key=champion_key(kind),
        deps=[_key(kind, "evaluation")],
        group_name="models",
        kinds={"scikitlearn"},
        description=f"{kind.title}: the model in use. One that fails the gate changes nothing.",
    )
    def _made(trainer: TrainingRun) -> dg.MaterializeResult[None]:
        trial = trainer.training.settle(trainer.trial(kind))
        won = trial.verdict is not None and trial.verdict.accepted
        before = trial.champion.model_id if trial.champion else None
        return dg.MaterializeResult(
            metadata={
                "in_use": (trial.model_id if won else before) or "none",
                "challenger": trial.model_id or "none",
                "reason": trial.verdict.reason if trial.verdict else "-",
                "card": dg.MetadataValue.md(as_markdown(trial.card)),
                "card_json": dg.MetadataValue.json(dict(trial.card)),
            }
        )

    return _made


def _key(kind: Kind, step: str) -> dg.AssetKey:
    return dg.AssetKey(["training", f"{kind.name}_{step}"])


def _scores(trial: Trial, kind: Kind) -> dict[str, dg.MetadataValue]:
    if trial.judged is None:
        return {"too_little": dg.MetadataValue.text(trial.too_little)}
    return {
        "challenger_loss": dg.MetadataValue.float(trial.judged.loss),
        "baseline_loss": dg.MetadataValue.float(trial.judged.baseline_loss),
        "champion_loss": _loss(trial.champion_judged),
        "calibration": dg.MetadataValue.float(trial.judged.calibration),
        "examples": dg.MetadataValue.int(trial.judged.example_count),
        "plot": dg.MetadataValue.md(picture_of(trial.judged.told(), kind.title)),
    }


def _loss(judged: Judgement | None) -> dg.MetadataValue:
    return dg.MetadataValue.float(judged.loss) if judged else dg.MetadataValue.text("no champion")


def _gate(trial: Trial, key: dg.AssetKey) -> dg.AssetCheckResult:
    accepted = trial.verdict is not None and trial.verdict.accepted
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=GATE,
        passed=accepted,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"reason": trial.verdict.reason if trial.verdict else "-"},
    )
