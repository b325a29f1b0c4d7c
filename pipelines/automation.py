"""When builds run by themselves: soon after events arrive, every hour, and every night in full."""

import dagster as dg

from pipelines.report_assets import CLASS_REPORTS
from reports.views.period import A_WEEK, monday
from warehouse.settings import load_settings
from warehouse.store.database import open_store
from warehouse.zones import zone_info

FULL = {"resources": {"warehouse": {"config": {"full": True}}}}

CLASS_REPORTS_ALONE = dg.AssetSelection.assets(CLASS_REPORTS)
TRAINED = dg.AssetSelection.groups("training", "models")

warehouse_job = dg.define_asset_job(
    "warehouse",
    selection=dg.AssetSelection.all() - TRAINED - CLASS_REPORTS_ALONE,
    executor_def=dg.in_process_executor,
    description="Land new events, bring every table up to date, publish a snapshot.",
    tags={"dagster/max_runtime": 7200},
)

training_job = dg.define_asset_job(
    "training",
    selection=TRAINED,
    executor_def=dg.in_process_executor,
    description="A challenger of each kind learns and is judged beside the champion.",
    tags={"dagster/max_runtime": 14_400},
)

reports_job = dg.define_asset_job(
    "class_reports",
    selection=CLASS_REPORTS_ALONE,
    executor_def=dg.in_process_executor,
    description="Each class's report of a week, as PDF and CSV.",
    tags={"dagster/max_runtime": 7200},
)


def monday_reports(zone: str) -> dg.ScheduleDefinition:
    """The schedule of class reports by the school's clock."""

    @dg.schedule(
        name="monday_class_reports",
        job=reports_job,
        cron_schedule="30 5 * * 1",
        execution_timezone=zone,
        description="The class reports of the week that has ended; a build has seen its end.",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def _monday_reports(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        today = context.scheduled_execution_time.astimezone(zone_info(zone)).date()
        week = (monday(today) - A_WEEK).isoformat()
        return dg.RunRequest(run_key=week, partition_key=week)

    return _monday_reports


weekly = dg.ScheduleDefinition(
    name="weekly_training",
    job=training_job,
    cron_schedule="30 3 * * 0",
    description="After the full build of the night to Sunday, so that it learns from all of it.",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

hourly = dg.ScheduleDefinition(
    name="hourly_build",
    job=warehouse_job,
    cron_schedule="5 * * * *",
    description="Streaks and weeks end without an event: the clock alone needs a build.",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

nightly = dg.ScheduleDefinition(
    name="nightly_full_build",
    job=warehouse_job,
    cron_schedule="30 2 * * *",
    run_config=FULL,
    description="Everything again from the lake: it must equal the sum of the incremental builds.",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

BUSY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


@dg.sensor(
    job=warehouse_job,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a build when the inbox holds events that no build has looked at.",
)
def inbox_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for one run for each new state of the inbox, never while one is under way."""
    with open_store(load_settings()) as store:
        waiting, newest = store.inbox.unclaimed_mark()
    if not waiting:
        return dg.SkipReason("The inbox holds no new event.")
    if str(newest) == context.cursor:
        return dg.SkipReason(f"A build for the events up to {newest} was already asked for.")
    busy = dg.RunsFilter(job_name=warehouse_job.name, statuses=BUSY)
    if context.instance.get_runs_count(busy):
        return dg.SkipReason("A build is under way.")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(tags={"spool/waiting_events": str(waiting)})],
        cursor=str(newest),
    )
