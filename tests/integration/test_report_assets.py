"""What the data team sees of reports made by themselves: files, failures by name, and mails."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import dagster as dg
import pytest

from pipelines.definitions import build_defs
from tests.weekly_school import publish_families
from warehouse.clock import utc_now
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.store.outbox import Together
from warehouse.store.pending import Pending
from warehouse.store.people import SchoolClass

WEEK = "2026-02-23"


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs()


def run(defs: dg.Definitions, job: str, **more: Any) -> dg.ExecuteInProcessResult:
    return defs.resolve_job_def(job).execute_in_process(raise_on_error=False, **more)


def told(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (found,) = [
        event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key and event.asset_key.to_user_string() == asset
    ]
    return {name: value.value for name, value in found.items()}


def test_a_week_of_class_reports_tells_rows_sizes_and_durations(
    defs: dg.Definitions, settings: Settings
):
    publish_families(settings)
    result = run(defs, "class_reports", partition_key=WEEK)
    assert result.success
    found = told(result, "reports/class_reports")

    assert (found["classes"], found["failed"], found["dagster/row_count"]) == (3, 0, 4)
    files = list((settings.reports_dir / WEEK).glob("*.pdf"))
    assert found["pdf_bytes"] == sum(file.stat().st_size for file in files) > 0
    assert found["csv_bytes"] > 0
    assert found["duration_seconds"] > 0
    assert {record.data["class"] for record in found["by_class"].records} == {"7a", "7/b", "8c"}


def test_a_failing_class_fails_the_run_by_name_when_the_others_are_there(
    defs: dg.Definitions, settings: Settings
):
    publish_families(settings)
    (settings.reports_dir / WEEK / "7a.csv").mkdir(parents=True)
    result = run(defs, "class_reports", partition_key=WEEK)

    assert not result.success
    (failure,) = [e for e in result.all_events if e.is_step_failure]
    said = failure.step_failure_data.user_failure_data
    assert said is not None
    assert "7a" in str(said.description)
    assert said.metadata["classes"].value == 2
    assert (settings.reports_dir / WEEK / "8c.pdf").exists()


def test_an_empty_school_has_no_reports_and_a_run_that_succeeds(
    defs: dg.Definitions, settings: Settings
):
    result = run(defs, "class_reports", partition_key=WEEK)
    assert result.success
    assert told(result, "reports/class_reports")["classes"] == 0


def test_the_schedule_asks_for_the_week_that_has_ended(defs: dg.Definitions, settings: Settings):
    schedule = defs.resolve_schedule_def("monday_class_reports")
    monday = datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
    context = dg.build_schedule_context(
        scheduled_execution_time=monday, repository_def=defs.get_repository_def()
    )
    (asked,) = schedule.evaluate_tick(context).run_requests or []

    assert asked.partition_key == WEEK
    assert schedule.cron_schedule == "30 5 * * 1"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


def test_weekly_mails_are_counted_by_week_and_outcome(defs: dg.Definitions, settings: Settings):
    week = date.fromisoformat(WEEK)
    now = utc_now()
    with open_store(settings) as store:
        store.people.put(classes=[SchoolClass("7a", "7a", None, None, True, True)], source="tests")
        told_at = datetime(now.year, now.month, now.day, tzinfo=UTC)
        some = [
            Pending(f"n{n}", f"p{n}", "parent", "weekly_summary", told_at, "ada", week_start=week)
            for n in range(3)
        ]
        store.outbox.enqueue(some, ["email", "push"])
        first, *_ = store.outbox.due(utc_now(), ["email"], 10)
        store.outbox.decide([Together((first,), now.date(), digest=False)])
        (delivery,) = store.deliveries.claim("here", ["email"], 10)
        store.deliveries.sent(delivery.delivery_id)
    result = run(defs, "warehouse")
    assert result.success
    found = told(result, "reports/weekly_mails")

    assert (found["planned"], found["sent"], found["failed"], found["not_sent"]) == (2, 1, 0, 0)
    (line,) = found["by_week"].records
    assert line.data["week"] == found["newest_week"]
