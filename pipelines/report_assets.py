"""What the school gets by itself each week, as assets: class reports, and the mails to parents."""

import math
from collections import defaultdict
from datetime import date, timedelta

import dagster as dg

from pipelines.assets import OUTBOX, SNAPSHOT
from pipelines.class_reports import Made, Outcome, make_class_reports
from pipelines.notifying.channels import EMAIL
from pipelines.resource import WarehouseRun
from reports.press import Press
from reports.views.period import monday
from warehouse import logs
from warehouse.clock import utc_now
from warehouse.errors import StoreUnavailable
from warehouse.reader import Reader
from warehouse.settings import load_settings
from warehouse.store.database import open_store
from warehouse.store.outbox import FAILED, NOT_SENT, SENT, TAKEN, WAITING

CLASS_REPORTS = dg.AssetKey(["reports", "class_reports"])
WEEKLY_MAILS = dg.AssetKey(["reports", "weekly_mails"])
GROUP = "reports"
FIRST_WEEK = "2024-01-01"  # a Monday: earlier weeks are for the API to report on
MAIL_WEEKS = 12
# A week's summary is told at Monday 00:00 of the child's zone: so much earlier it is that week,
# wherever that is.
BACK_INTO_THE_WEEK = timedelta(hours=36)


def class_reports_asset(zone: str) -> dg.AssetsDefinition:
    """The reports of all classes, week by week as the school's clock has them."""

    @dg.asset(
        key=CLASS_REPORTS,
        deps=[SNAPSHOT],
        group_name=GROUP,
        kinds={"pdf", "csv"},
        partitions_def=dg.WeeklyPartitionsDefinition(
            start_date=FIRST_WEEK, day_offset=1, timezone=zone
        ),
        description="Each active class's report of a week, as PDF and CSV in SPOOL_HOME/reports.",
    )
    def _class_reports(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        settings = load_settings()
        logs.configure(settings.log_level, settings.log_format)
        week_start, press = date.fromisoformat(context.partition_key), Press()
        try:
            with open_store(settings) as store:
                reader = Reader(settings, store)
                try:
                    outcome = make_class_reports(reader, press, week_start, context.log.error)
                finally:
                    reader.close()
        except StoreUnavailable as error:
            context.log.warning("The store did not answer: %s", error)
            raise dg.RetryRequested(max_retries=3, seconds_to_wait=5) from error
        finally:
            press.close()
        if outcome.failed:
            raise _failure(outcome)
        return dg.MaterializeResult(metadata=_told(outcome))

    return _class_reports


def _failure(outcome: Outcome) -> dg.Failure:
    named = "; ".join(f"{name} ({why})" for name, why in sorted(outcome.failed.items()))
    return dg.Failure(
        f"The reports of these classes failed: {named}. The others are there.",
        metadata=_told(outcome),
        allow_retries=False,
    )


def _told(outcome: Outcome) -> dict[str, dg.MetadataValue]:
    made = outcome.made
    sizes = {
        f"{ending}_bytes": dg.MetadataValue.int(sum(one.sheet.files[ending].size for one in made))
        for ending in ("pdf", "csv")
    }
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(len(one.sheet.student_ids) for one in made)),
        "classes": dg.MetadataValue.int(len(made)),
        "failed": dg.MetadataValue.int(len(outcome.failed)),
        "weeks_not_over": dg.MetadataValue.int(sum(not one.is_over for one in made)),
        "duration_seconds": dg.MetadataValue.float(
            round(math.fsum(one.seconds for one in made), 3)
        ),
        "removed_weeks": dg.MetadataValue.text(
            ", ".join(week.isoformat() for week in outcome.removed) or "-"
        ),
        "by_class": dg.MetadataValue.table([_record(one) for one in made] or [_NO_CLASS]),
        **sizes,
    }


def _record(made: Made) -> dg.TableRecord:
    sheet = made.sheet
    return dg.TableRecord(
        {
            "class": sheet.class_id,
            "students": len(sheet.student_ids),
            "pdf_bytes": sheet.files["pdf"].size,
            "csv_bytes": sheet.files["csv"].size,
            "seconds": round(made.seconds, 3),
            "as_of": sheet.as_of.isoformat() if sheet.as_of else "-",
        }
    )


_NO_CLASS = dg.TableRecord(
    {"class": "-", "students": 0, "pdf_bytes": 0, "csv_bytes": 0, "seconds": 0.0, "as_of": "-"}
)


@dg.asset(key=WEEKLY_MAILS, deps=[OUTBOX], group_name=GROUP, kinds={"email"})
def weekly_mails(
    context: dg.AssetExecutionContext, warehouse: WarehouseRun
) -> dg.MaterializeResult[None]:
    """What became of the weekly summaries to parents by mail: a line for each of the last weeks.

    One is told for each parent and child; those of one parent share a mail.
    """
    since = utc_now() - timedelta(weeks=MAIL_WEEKS)
    try:
        counted = warehouse.build.store.outbox.counts_of("weekly_summary", EMAIL, since)
    except StoreUnavailable as error:
        context.log.warning("The store did not answer: %s", error)
        raise dg.RetryRequested(max_retries=3, seconds_to_wait=5) from error
    weeks: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_WORDS.values(), 0))
    for occurred_at, status, count in counted:
        weeks[monday((occurred_at - BACK_INTO_THE_WEEK).date())][_WORDS[status]] += count
    newest = weeks[max(weeks)] if weeks else dict.fromkeys(_WORDS.values(), 0)
    lines = [
        dg.TableRecord({"week": week.isoformat(), **weeks[week]})
        for week in sorted(weeks, reverse=True)
    ]
    return dg.MaterializeResult(
        metadata={
            "newest_week": max(weeks).isoformat() if weeks else "-",
            **newest,
            "by_week": dg.MetadataValue.table(lines or [dg.TableRecord({"week": "-", **newest})]),
        }
    )


_WORDS = {
    WAITING: "planned",
    TAKEN: "planned",
    SENT: "sent",
    FAILED: "failed",
    NOT_SENT: "not_sent",
}
