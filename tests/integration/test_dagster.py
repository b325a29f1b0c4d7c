"""What the data team sees in Dagster: the graph, its checks, and a run of the job."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from pipelines.learning import drift
from pipelines.learning.assets import GATE
from tests.factories import received
from warehouse.lake import Lake
from warehouse.settings import Settings

GRAPH = """
analytics/at_risk <- analytics/daily_progress analytics/mastered_lately gamification/streaks models/risk progress/concept_progress
analytics/concept_difficulty <- analytics/mastery_attempts progress/concept_progress
analytics/concept_discrimination <- progress/concept_progress
analytics/daily_progress <- gamification/point_ledger progress/active_days progress/concept_milestones
analytics/mastered_lately <- progress/concept_progress
analytics/mastery_attempts <- progress/concept_activity staging/learning_events
analytics/sessions <- staging/learning_events
analytics/student_metrics <- analytics/mastered_lately progress/concept_progress progress/students
analytics/subject_scores <- progress/concept_progress
analytics/week_summaries <- analytics/daily_progress gamification/streaks gamification/weekly_goals progress/students progress/todays
analytics/weekly_progress <- analytics/daily_progress progress/active_days
gamification/badge_items <- gamification/streak_days gamification/weekly_goals progress/concept_milestones staging/other_events
gamification/badges <- gamification/badge_items gamification/perfect_weeks
gamification/leaderboard <- gamification/point_ledger gamification/student_points
gamification/level_ups <- gamification/point_ledger
gamification/perfect_weeks <- progress/concept_milestones
gamification/point_ledger <- gamification/badges gamification/weekly_goals progress/active_days progress/concept_milestones staging/other_events
gamification/streak_days <- progress/active_days progress/student_breaks
gamification/streak_runs <- gamification/streak_days progress/student_breaks
gamification/streaks <- gamification/streak_runs progress/todays
gamification/student_points <- gamification/point_ledger progress/students
gamification/subjects_mastered <- progress/concept_milestones
gamification/weekly_goals <- progress/active_days progress/concept_milestones staging/learning_events
lake/events <-
meta/snapshot <- analytics/at_risk analytics/concept_difficulty analytics/concept_discrimination analytics/daily_progress analytics/mastered_lately analytics/mastery_attempts analytics/sessions analytics/student_metrics analytics/subject_scores analytics/week_summaries analytics/weekly_progress gamification/badges gamification/leaderboard gamification/point_ledger gamification/streak_runs gamification/streaks gamification/student_points gamification/weekly_goals metrics/badge_frequency metrics/daily_activity metrics/streak_retention notifications/attention notifications/families notifications/notification_counts notifications/notifications notifications/streak_reminders notifications/student_notifications notifications/weekly_summaries predictions/concept_mastery predictions/recommendations predictions/risk predictions/weekly_changes predictions/weekly_forecast progress/active_days progress/concept_progress progress/students progress/todays source/history
metrics/badge_frequency <- gamification/badges
metrics/daily_activity <- analytics/sessions progress/active_days
metrics/streak_retention <- gamification/streak_runs gamification/streaks progress/active_days
models/mastery <- training/mastery_evaluation
models/risk <- training/risk_evaluation
models/soon <- training/soon_evaluation
models/trend <- training/trend_evaluation
notifications/attention <- analytics/at_risk gamification/streaks progress/concept_progress progress/todays
notifications/families <- progress/students
notifications/notification_counts <- notifications/notifications
notifications/notifications <- notifications/attention notifications/families notifications/streak_reminders notifications/student_notifications notifications/weekly_summaries
notifications/outbox <- meta/snapshot notifications/notifications
notifications/streak_reminders <- gamification/streaks progress/todays
notifications/student_notifications <- gamification/badges gamification/level_ups gamification/streak_days gamification/subjects_mastered gamification/weekly_goals staging/learning_events staging/other_events
notifications/weekly_summaries <- gamification/weekly_goals notifications/families progress/todays
predictions/concept_days <- progress/concept_milestones staging/learning_events
predictions/concept_mastery <- models/mastery models/soon predictions/concept_days predictions/questions progress/students
predictions/questions <- progress/concept_progress progress/tries
predictions/recommendations <- predictions/concept_mastery progress/concept_progress
predictions/risk <- analytics/daily_progress models/risk
predictions/weekly_changes <- analytics/weekly_progress models/trend
predictions/weekly_forecast <- analytics/weekly_progress models/trend
progress/active_days <- staging/learning_events
progress/concept_activity <- staging/learning_events
progress/concept_milestones <- progress/concept_activity staging/learning_events
progress/concept_progress <- progress/concept_activity
progress/student_breaks <- progress/students
progress/students <- progress/active_days staging/learning_events staging/other_events
progress/todays <- progress/students
progress/tries <- source/events
reports/class_reports <- meta/snapshot
reports/weekly_mails <- notifications/outbox
source/events <- lake/events
source/history <- source/events
staging/learning_events <- source/events
staging/other_events <- source/events
training/examples <- source/history
training/mastery_challenger <- training/examples
training/mastery_evaluation <- training/mastery_challenger
training/risk_challenger <- training/examples
training/risk_evaluation <- training/risk_challenger
training/soon_challenger <- training/examples
training/soon_evaluation <- training/soon_challenger
training/trend_challenger <- training/examples
training/trend_evaluation <- training/trend_challenger
"""  # noqa: E501  # one asset a line


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs()


def run(defs: dg.Definitions, **config: object) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def("warehouse").execute_in_process(
        run_config={"resources": {"warehouse": {"config": config}}}, raise_on_error=False
    )


def test_the_graph_is_the_lineage_of_the_sql(defs: dg.Definitions):
    graph = defs.resolve_asset_graph()
    lines = [
        f"{key.to_user_string()} <- "
        + " ".join(sorted(up.to_user_string() for up in graph.get(key).parent_keys))
        for key in sorted(graph.get_all_asset_keys())
    ]
    assert [line.strip() for line in lines] == GRAPH.strip().splitlines()


def test_schedules_sensor_and_blocking_checks_are_there(defs: dg.Definitions):
    assert {s.name for s in defs.schedules or ()} == {
        "hourly_build",
        "monday_class_reports",
        "nightly_full_build",
        "weekly_training",
    }
    assert [s.name for s in defs.sensors or ()] == ["inbox_sensor"]
    graph = defs.resolve_asset_graph()
    blocking = {key.name: graph.get_check_spec(key).blocking for key in graph.asset_check_keys}
    assert blocking.pop("one_content_per_event_id") is False
    # a model that has aged, or a challenger that has lost, stops no publish
    assert not any(blocking.pop(name) for name in (*drift.NAMES, GATE))
    assert len(blocking) > 10
    assert all(blocking.values())


def test_a_run_publishes_and_tells_rows_and_durations(defs: dg.Definitions, settings: Settings):
    lake = Lake(settings.lake_dir)
    lake.write("received_date=2026-03-01/one", [received("ada"), received("bob")])
    result = run(defs, full=True)
    assert result.success
    told = {
        event.asset_key.to_user_string(): event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }
    assert told["progress/concept_progress"]["dagster/row_count"].value == 2
    assert float(str(told["progress/concept_progress"]["duration_seconds"].value)) >= 0
    assert told["source/events"]["mode"].value == "full"
    assert settings.snapshots_dir.joinpath("current.duckdb").exists()
    assert all(check.passed for check in result.get_asset_check_evaluations())


def test_a_wrong_instant_fails_the_run_and_publishes_nothing(
    defs: dg.Definitions, settings: Settings
):
    assert not run(defs, as_of="yesterday").success
    assert not settings.snapshots_dir.joinpath("current.duckdb").exists()


def test_some_assets_alone_are_refused(defs: dg.Definitions, settings: Settings):
    job = defs.resolve_job_def("warehouse")
    result = job.execute_in_process(
        asset_selection=[dg.AssetKey(["lake", "events"])], raise_on_error=False
    )
    assert not result.success
    assert not settings.snapshots_dir.joinpath("current.duckdb").exists()


def test_everything_together_is_a_graph_that_the_ui_can_load():
    """The UI makes one job of all assets: ops may not wait for each other in a circle."""
    together = build_defs().resolve_implicit_global_asset_job_def()
    assert {"tables", "training__examples", "models__mastery"} <= {
        node.name for node in together.nodes
    }
