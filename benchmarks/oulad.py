"""OULAD as examples for the models: who was still registered on a day, and what was known then.

A presentation of a course (`BBB_2014B`) has registrations, assessments with due days and the
scores handed in; days count from its start. Nothing here looks beyond the day asked for: a
student's withdrawal later on, a score handed in the day after, an exam at the end.
Counts are shares of what was due, and scores stand beside those of the fellow students on the same
assessment, so that a presentation with other assessments than before can still be judged.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from benchmarks.oulad_history import Courses, elsewhere
from models.errors import require

COLUMNS = {
    "oulad_registrations": {
        "course": "text",
        "student_id": "text",
        "final_result": "text",
        "date_registration": "number",
        "date_unregistration": "number",
        "num_of_prev_attempts": "number",
        "studied_credits": "number",
        "module_presentation_length": "number",
    },
    "oulad_scores": {
        "split": "text",
        "student_id": "text",
        "concept_id": "text",
        "item_id": "text",
        "score": "number",
        "submit_day": "number",
        "due_day": "number",
        "weight": "number",
        "banked": "number",
    },
    "oulad_assessments": {
        "code_module": "text",
        "code_presentation": "text",
        "id_assessment": "number",
        "assessment_type": "text",
        "date": "number",
        "weight": "number",
    },
}
RECORD = [
    "day",
    "submitted_count",
    "due_count",
    "due_weight",
    "missed_count",
    "missed_weight_ratio",
    "submitted_ratio",
    "last_due_missed",
    "ahead_count",
    "mean_score",
    "last_score",
    "lowest_score",
    "mean_beside_others",
    "last_beside_others",
    "lowest_beside_others",
    "weighted_score",
    "weighted_beside_others",
    "mean_late_days",
    "last_late_days",
    "most_late_days",
    "days_since_submission",
    "days_since_due",
    "share_of_course_due",
    "banked_count",
    "previous_attempts",
    "credits",
    "registered_day",
    "course_length",
    "others_submitted_ratio",
    "elsewhere_count",
    "elsewhere_score",
    "elsewhere_running",
    "earlier_passed",
    "earlier_failed",
    "earlier_withdrawn",
]
PERSON = ["education", "deprivation", "age", "is_female", "has_disability"]
EDUCATION = [
    "No Formal quals",
    "Lower Than A Level",
    "A Level or Equivalent",
    "HE Qualification",
    "Post Graduate Qualification",
]
OF_PERSON = ["highest_education", "imd_band", "age_band", "gender", "disability"]
KEY = ["course", "student_id"]


class MissingFile(SystemExit):
    """A file of the benchmark is not where it was said to be."""


def read(folder: Path) -> Courses:
    """The folder's files, or a sentence about what is missing."""
    frames = {}
    for name, columns in COLUMNS.items():
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise MissingFile(f"{path} is missing: the folder must hold {', '.join(COLUMNS)}.")
        whole = pl.read_parquet(path)
        require(whole, str(path), columns)
        kept = [column for column in whole.columns if column in {*columns, *OF_PERSON}]
        frames[name] = whole.select(kept)
    names = pl.concat_str("code_module", "code_presentation", separator="_").alias("course")
    assessments = frames["oulad_assessments"].with_columns(
        names, item_id=pl.format("ou_a{}", "id_assessment")
    )
    scores = frames["oulad_scores"].rename({"split": "course"})
    registrations = frames["oulad_registrations"]
    courses = registrations["course"].unique().to_list()
    return Courses(registrations, scores, assessments.filter(pl.col("course").is_in(courses)))


def known_on(courses: Courses, day: int, history: Courses) -> pl.DataFrame:
    """One row per student registered on the day, with `RECORD`, `PERSON` and `failed`.

    `history` holds the other courses of the same students, as far as they had come by then.
    """
    students = registered_on(courses, day)
    due, submissions = _due(courses, day), _submissions(courses, day)
    rows = (
        students.join(_of_course(courses, day, students), on="course", how="left")
        .join(_of_student(submissions, due, day), on=KEY, how="left")
        .join(elsewhere(students, history, day), on=KEY, how="left")
        .with_columns(
            pl.col(
                "submitted_count", "due_submitted", "due_weight_submitted", "banked_count"
            ).fill_null(0),
            pl.col("due_count", "due_weight").fill_null(0),
            pl.col("last_due_submitted").fill_null(value=False),
        )
    )
    return rows.with_columns(
        day=pl.lit(day),
        missed_count=pl.col("due_count") - pl.col("due_submitted"),
        missed_weight_ratio=1 - pl.col("due_weight_submitted") / pl.col("due_weight"),
        submitted_ratio=pl.col("due_submitted") / pl.col("due_count"),
        last_due_missed=(pl.col("due_count") > 0) & ~pl.col("last_due_submitted"),
        ahead_count=pl.col("submitted_count") - pl.col("due_submitted"),
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def registered_on(courses: Courses, day: int) -> pl.DataFrame:
    """Who was registered on the day, what is known of the person, and how it ended."""
    left = pl.col("date_unregistration")
    here = courses.registrations.filter(
        (pl.col("date_registration").fill_null(day) <= day) & (left.is_null() | (left > day))
    )
    text = {
        name: pl.col(name) if name in here.columns else pl.lit(None, dtype=pl.String)
        for name in OF_PERSON
    }
    education = {name: place for place, name in enumerate(EDUCATION)}
    return here.select(
        *KEY,
        failed=pl.col("final_result").is_in(["Fail", "Withdrawn"]),
        previous_attempts="num_of_prev_attempts",
        credits="studied_credits",
        registered_day="date_registration",
        course_length="module_presentation_length",
        education=text["highest_education"].replace_strict(education, default=None),
        deprivation=text["imd_band"].str.extract(r"^(\d+)").cast(pl.Float64),
        age=text["age_band"].str.extract(r"^(\d+)").cast(pl.Float64),
        is_female=text["gender"] == "F",
        has_disability=text["disability"].cast(pl.Boolean),
    )


def _due(courses: Courses, day: int) -> pl.DataFrame:
    return courses.assessments.filter(
        (pl.col("date") <= day) & (pl.col("assessment_type") != "Exam")
    ).select("course", "item_id", "date", due_weight="weight")


def _submissions(courses: Courses, day: int) -> pl.DataFrame:
    """What was handed in up to the day, beside the mean of the others who had done so."""
    known = courses.scores.filter(pl.col("submit_day") <= day)
    size = pl.len().over("course", "item_id")
    others = (pl.col("score").sum().over("course", "item_id") - pl.col("score")) / (size - 1)
    return known.with_columns(
        beside=pl.when(size > 5).then(pl.col("score") - others),
        late=pl.when(~pl.col("banked")).then(pl.col("submit_day") - pl.col("due_day")),
    ).sort("submit_day", "item_id")


def _of_course(courses: Courses, day: int, students: pl.DataFrame) -> pl.DataFrame:
    due = _due(courses, day)
    all_of_them = courses.assessments.filter(pl.col("assessment_type") != "Exam")
    submitted = _submissions(courses, day).join(due, on=["course", "item_id"])
    submitted = submitted.join(students.select(KEY), on=KEY, how="semi")
    sizes = students.group_by("course").agg(size=pl.len())
    seen = submitted.group_by("course").agg(submissions=pl.len()).join(sizes, on="course")
    planned = all_of_them.group_by("course").agg(planned_count=pl.len())
    of_due = due.group_by("course").agg(
        due_count=pl.len(),
        due_weight=pl.col("due_weight").sum(),
        days_since_due=day - pl.col("date").max(),
    )
    return (
        planned.join(of_due, on="course", how="left")
        .join(seen, on="course", how="left")
        .select(
            "course",
            "due_count",
            "due_weight",
            "days_since_due",
            share_of_course_due=pl.col("due_count") / pl.col("planned_count"),
            others_submitted_ratio=pl.col("submissions") / pl.col("size") / pl.col("due_count"),
        )
    )


def _of_student(submissions: pl.DataFrame, due: pl.DataFrame, day: int) -> pl.DataFrame:
    last_due = due.filter(pl.col("date") == pl.col("date").max().over("course"))
    rows = submissions.join(due, on=["course", "item_id"], how="left", maintain_order="left")
    rows = rows.join(
        last_due.select("course", "item_id", is_last=pl.lit(value=True)),
        on=["course", "item_id"],
        how="left",
        maintain_order="left",
    )
    was_due = pl.col("date").is_not_null()
    weight = pl.col("weight").fill_null(0) + 1
    return rows.group_by(KEY, maintain_order=True).agg(
        submitted_count=pl.len(),
        due_submitted=was_due.sum(),
        due_weight_submitted=pl.col("due_weight").sum(),
        last_due_submitted=pl.col("is_last").any(),
        banked_count=pl.col("banked").sum(),
        mean_score=pl.col("score").mean(),
        last_score=pl.col("score").last(),
        lowest_score=pl.col("score").min(),
        mean_beside_others=pl.col("beside").mean(),
        last_beside_others=pl.col("beside").last(),
        lowest_beside_others=pl.col("beside").min(),
        weighted_score=(pl.col("score") * weight).sum() / weight.sum(),
        weighted_beside_others=(pl.col("beside") * weight).sum() / weight.sum(),
        mean_late_days=pl.col("late").mean(),
        last_late_days=pl.col("late").last(),
        most_late_days=pl.col("late").max(),
        days_since_submission=day - pl.col("submit_day").max(),
    )
