"""Training: from the published snapshot to a champion, or plainly to none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import duckdb
import pytest

from models.artifact import Shelf
from models.contests.examples import Examples, is_judge
from models.contests.judgement import Judgement
from models.errors import NotEnoughExamples
from pipelines.definitions import build_defs
from pipelines.doctor import examine
from pipelines.learning.champions import champion, champions
from pipelines.learning.kinds import KINDS, Kind
from pipelines.learning.supplying import foretelling
from pipelines.learning.trial import Training
from pipelines.sample.load import load_sample
from tests.builds import rows_of
from tests.factories import received
from warehouse.build import Build
from warehouse.build_report import BuildRequest
from warehouse.examples import sample_students
from warehouse.lake import Lake, new_batch
from warehouse.reader import Reader
from warehouse.settings import Settings
from warehouse.snapshot import Snapshots
from warehouse.store.database import open_store

NOW = datetime(2026, 3, 4, 20, 30, tzinfo=UTC)
GOOD = Judgement("log_loss", 1000, 0.50, "the mean", 0.60, 0.01, 0.05)


def sample_school(settings: Settings, now: datetime, *, students: int = 12, days: int = 40) -> None:
    with open_store(settings) as store:
        load_sample(settings, store, students=students, days=days, until=now)
        Build(settings, store, BuildRequest(now)).run()


class Constant:
    """A model that knows one number."""

    def __init__(self, loss: float) -> None:
        self.loss = loss

    def to_state(self) -> dict[str, Any]:
        return {"loss": self.loss}


def kind_of(loss: float) -> Kind:
    """A kind whose challengers lose so much, and which judges each by its own word."""
    return replace(
        KINDS["soon"],
        fit=lambda examples, seed: Constant(loss),
        judge=lambda model, examples: replace(GOOD, loss=model.loss),
        from_state=lambda state: Constant(state["loss"]),
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = Settings(home=tmp_path_factory.mktemp("trained"))
    sample_school(found, NOW)
    return found


@pytest.fixture
def trained(home: Settings, tmp_path) -> Settings:
    """The school, with an empty shelf of models."""
    (tmp_path / "home").mkdir()
    for name in ("snapshots", "lake"):
        (tmp_path / "home" / name).symlink_to(home.home / name)
    return home.model_copy(update={"home": tmp_path / "home"})


def test_a_better_challenger_is_used_and_a_worse_one_changes_nothing(trained: Settings):
    run = Training(trained, NOW)
    first = run.run(kind_of(0.55))
    worse = Training(trained, NOW + timedelta(days=7)).run(kind_of(0.57))
    shelf = Shelf(trained.models_dir, "soon")
    assert first.verdict is not None
    assert first.verdict.accepted
    assert shelf.champion() == first.model_id
    assert worse.verdict is not None
    assert "worse than the champion's 0.5500" in worse.verdict.reason
    assert shelf.card(str(worse.model_id))["accepted"] is False
    better = Training(trained, NOW + timedelta(days=14)).run(kind_of(0.50))
    assert shelf.champion() == better.model_id
    assert shelf.champion(NOW + timedelta(days=8)) == first.model_id


def test_too_little_is_said_plainly_and_makes_no_model(trained: Settings):
    def too_little(examples: Examples, seed: int) -> Constant:
        raise NotEnoughExamples("3 tries.")

    trial = Training(trained, NOW).run(replace(KINDS["mastery"], fit=too_little))
    assert trial.model_id is None
    assert trial.verdict is not None
    assert trial.verdict.reason.startswith("3 tries. It needs 500 scored tries of 20 students")
    assert champion(trained.models_dir, KINDS["mastery"]).problem == "no model yet"


def test_the_examples_are_bounded_and_the_seed_decides(trained: Settings):
    whole = sample_students(trained, seed=1, most_events=10**6)
    some = sample_students(trained, seed=1, most_events=whole.event_count // 2)
    again = sample_students(trained, seed=1, most_events=whole.event_count // 2)
    other = sample_students(trained, seed=2, most_events=whole.event_count // 2)

    def who(sample):
        return set(sample.tables["daily"].column("student_id").to_pylist())

    assert 0 < some.event_count <= whole.event_count // 2
    assert who(some) == who(again) < who(whole)
    assert who(some) != who(other)
    assert all(some.tables[name].equals(table) for name, table in again.tables.items())
    tried = set(some.tables["tries"].column("student_id").to_pylist())
    assert tried <= who(some)


def test_judges_never_teach(trained: Settings):
    run = Training(trained, NOW)
    run.gather()
    assert run.examples is not None
    for name in ("tries", "work", "daily", "weekly"):
        teach, judge = (
            set(run.examples.of(name, judges=judges)["student_id"]) for judges in (False, True)
        )
        assert not teach & judge
        assert all(map(is_judge, judge))
        assert not any(map(is_judge, teach))


def test_a_changed_model_is_not_used_and_the_build_and_doctor_say_so(trained: Settings):
    trial = Training(trained, NOW).run(kind_of(0.55))
    file = trained.models_dir / "soon" / str(trial.model_id) / "model.skops"
    file.write_bytes(file.read_bytes() + b"\0")
    given = foretelling(trained)
    told = {row["model"]: row for row in given.suppliers.models.to_pylist()}
    assert "source.predicted_soon" not in given.suppliers.makers
    assert "not the file that was saved" in told["soon"]["problem"]
    secret = trained.model_copy(update={"jwt_secret": None})
    wrong = [finding for finding in examine(secret, NOW) if not finding.ok]
    assert any("not the file that was saved" in finding.what for finding in wrong)


def test_the_job_trains_a_small_school_and_the_next_build_foretells(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    # a school of a fixed day, so that the gate's word is the same each time
    now = datetime(2026, 3, 11, 20, 30, tzinfo=UTC)
    for module in ("learning.assets", "resource", "assets"):
        monkeypatch.setattr(f"pipelines.{module}.utc_now", lambda: now)
    sample_school(settings, now, students=60, days=110)
    defs = build_defs()
    result = defs.resolve_job_def("training").execute_in_process(
        run_config={
            "resources": {"trainer": {"config": {"most_events": 16_000, "most_tries": 8_000}}}
        }
    )
    assert result.success
    told = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert told["models/mastery"]["in_use"].value == told["models/mastery"]["challenger"].value
    assert "data:image/png;base64," in str(told["training/mastery_evaluation"]["plot"].value)
    card = str(told["models/mastery"]["card"].value)
    assert "| by | part | example count |" in card
    assert "| subject |" in card
    gates = {
        check.asset_key.path[-1]: check.passed for check in result.get_asset_check_evaluations()
    }
    assert gates["mastery_evaluation"]
    in_use = {c.kind.name: c.model_id for c in champions(settings.models_dir)}

    built = defs.resolve_job_def("warehouse").execute_in_process()
    assert built.success
    drift = {check.check_name: check.passed for check in built.get_asset_check_evaluations()}
    assert drift["students_try_as_those_the_model_learned_from"]
    with open_store(settings) as store:
        reader = Reader(settings, store, clock=lambda: now)
        rows = reader.published().ask("models")
        assert {row["model"]: row["model_id"] for row in rows} == in_use
        reader.close()
    rows_made = {
        event.asset_key.to_user_string(): int(
            str(event.materialization.metadata["dagster/row_count"].value)
        )
        for event in built.get_asset_materialization_events()
        if event.asset_key and event.asset_key.path[0] == "predictions"
    }
    assert rows_made["predictions/concept_mastery"] > 500
    assert rows_made["predictions/recommendations"] > 50
    the_models_foretell_of_touched_students_what_they_foretell_of_all(settings, now)


def the_models_foretell_of_touched_students_what_they_foretell_of_all(
    settings: Settings, now: datetime
) -> None:
    """The next builds, with the real models: one for the student with a new try, one for all."""
    suppliers = foretelling(settings).suppliers
    later = [now + timedelta(minutes=minutes) for minutes in (30, 31)]
    event = received("s0001", "attempted", "maths-new", later[0] - timedelta(minutes=9), score=1.0)
    Lake(settings.lake_dir).write(new_batch(later[0]), [event])
    found = []
    with open_store(settings) as store:
        for at, full in zip(later, (False, True), strict=True):
            request = BuildRequest(at, as_of=later[0], full=full)
            report = Build(settings, store, request, suppliers=suppliers).run()
            assert bool(report.why_full) == full
            found.append(foretold(settings))
    for table, rows in found[0].items():
        assert len(rows) == len(found[1][table]), table
        assert [up_to_rounding(row) for row in rows] == found[1][table]


def up_to_rounding(row: dict[str, Any]) -> dict[str, Any]:
    """The row; sums over a chunk round otherwise than over one student, in the seventh digit."""
    return {k: pytest.approx(v, abs=1e-5) if isinstance(v, float) else v for k, v in row.items()}


def foretold(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """What the snapshot foretells, table by table."""
    current = Snapshots(settings.snapshots_dir).current()
    assert current is not None
    with duckdb.connect(str(current), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        return {
            table: sorted(rows_of(con, table), key=lambda row: [str(row[c]) for c in key])
            for table, key in {
                "predictions.concept_mastery": ("student_id", "concept_id"),
                "predictions.recommendations": ("student_id", "concept_id"),
                "predictions.weekly_forecast": ("student_id", "measure", "week_start"),
                "predictions.risk": ("student_id", "outcome"),
                "predictions.weekly_changes": ("student_id", "measure"),
            }.items()
        }


def test_training_is_weekly(settings: Settings):
    defs = build_defs()
    schedules = {s.name: s for s in defs.schedules or () if isinstance(s, dg.ScheduleDefinition)}
    assert schedules["weekly_training"].cron_schedule == "30 3 * * 0"
