"""Predictions in builds: whatever supplies them, an incremental build says what a full one says."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings

from tests import foretelling
from tests.agreement import arrive
from tests.builds import Home, catalog, home, rows_of
from tests.factories import instant, received
from tests.foretelling import counting
from tests.oracle.facts import Facts, counted, students
from tests.oracle.world import Row, World
from tests.school import STORY_RULES_TEXT
from tests.stories import Story, stories
from warehouse.catalog import load_catalog
from warehouse.errors import BuildFailed, InvalidTable
from warehouse.events import ReceivedEvent
from warehouse.snapshot import Snapshots

STORIES = settings().max_examples // 6
TABLES = [
    "predictions.concept_mastery",
    "predictions.recommendations",
    "predictions.weekly_changes",
    "predictions.weekly_forecast",
    "predictions.risk",
    "analytics.at_risk",
]
WORLD = World({"a": "maths", "b": "maths", "c": "maths"})
NOON = instant("2024-03-10 12:00")


def foretold(school: Home) -> dict[str, list[Row]]:
    """The tables of predictions as they lie in the snapshot, in an order that means nothing."""
    current = Snapshots(school.settings.snapshots_dir).current()
    assert current is not None
    with duckdb.connect(str(current), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        return {table: sorted(rows_of(con, table), key=repr) for table in TABLES}


@settings(max_examples=STORIES)
@given(stories())
def test_a_chain_of_incremental_builds_foretells_what_a_full_one_does(story: Story):
    with home(story.early, STORY_RULES_TEXT) as school:
        landed: list[ReceivedEvent] = []
        for number, landing in enumerate(story.landings, start=1):
            if number == len(story.landings):
                school.tell(story.world)
            landed += arrive(school, landing)
            school.build(landing.as_of, suppliers=counting())
        landed += school.send(story.pending)
        school.build(story.as_of, suppliers=counting())
        chained = foretold(school)
        school.build(story.as_of, suppliers=counting(), full=True)
        assert foretold(school) == chained
        found = [
            {name: row[name] for name in ("student_id", "concept_id", "evidence_count")}
            for row in chained["predictions.concept_mastery"]
        ]
        asked = oracle(landed, story.world, story.as_of)
        assert sorted(found, key=repr) == sorted(asked, key=repr)


def oracle(landed: list[ReceivedEvent], world: World, as_of: datetime) -> list[Row]:
    """What is asked of the model of mastery, and the tries that an answer rests on."""
    return [row for facts in students(counted(landed, as_of)) for row in questions(facts, world)]


def questions(facts: Facts, world: World) -> list[Row]:
    begun = {event.concept_id for event in facts.learning}
    subjects = {world.subject(concept) for concept in begun} - {None}
    new = [c for c, s in world.curriculum.items() if s in subjects and c not in begun]
    tries = Counter(event.concept_id for event in facts.learning if event.score is not None)
    return [
        {
            "student_id": facts.student_id,
            "concept_id": concept,
            "evidence_count": tries[concept],
        }
        for concept in [*begun, *new]
    ]


def test_without_a_model_nothing_is_foretold():
    with home(WORLD) as school:
        school.land([received("ada", "attempted", "a", score=1.0)])
        report = school.build(NOON)
        tables = foretold(school)
    assert all(not tables[name] for name in TABLES if name.startswith("predictions."))
    # and nobody computes what only a model would read
    assert report.tables["predictions.questions"].row_count == 0


def test_another_model_is_a_reason_for_a_full_build():
    with home(WORLD) as school:
        school.land([received("ada", "attempted", "a", score=1.0), received("bob", concept_id="a")])
        school.build(NOON, suppliers=counting("1"))
        assert school.build(NOON, suppliers=counting("1")).why_full == ""
        assert school.build(NOON, suppliers=counting("2")).why_full == "another models_fingerprint"
        told = {row["model_id"] for row in foretold(school)["predictions.concept_mastery"]}
    assert told == {"mastery-2"}


def test_what_a_day_foretells_is_made_for_touched_students_only_until_the_day_ends():
    asked: list[set[str]] = []

    def watched(given, as_of):
        asked.append(set(given["analytics.daily_progress"].column("student_id").to_pylist()))
        return foretelling.risk(given, as_of)

    suppliers = counting(risk=watched)
    with home(WORLD) as school:
        school.land(
            [received("ada", at="2024-03-04 10:00"), received("bob", at="2024-03-05 10:00")]
        )
        school.build(NOON, suppliers=suppliers)
        school.land([received("ada", at="2024-03-06 10:00")])
        school.build(NOON + timedelta(hours=1), suppliers=suppliers)
        school.build(NOON + timedelta(days=1), suppliers=suppliers)
    assert asked == [{"ada", "bob"}, {"ada"}, {"ada", "bob"}]


def test_a_flag_of_the_model_is_a_rule_of_its_own_and_says_nothing_new_of_the_inactive():
    with home(WORLD) as school:
        school.land(
            [received("ada", at="2024-03-06 10:00"), received("bob", at="2024-02-01 10:00")]
        )
        school.build(NOON, suppliers=counting())
        flags = {
            (row["student_id"], row["rule"], row["have"], row["need"])
            for row in foretold(school)["analytics.at_risk"]
        }
    assert flags == {("ada", "predicted", 40, 30), ("bob", "inactive", 38, 7)}


def test_recommended_is_what_is_open_and_neither_too_hard_nor_too_easy():
    tries = [
        received("ada", "attempted", "a", f"2024-03-0{day} 10:00", score=score)
        for day, score in ((1, 1.0), (2, 0.0), (3, 1.0))
    ]
    done = received("ada", "completed", "b", "2024-03-03 11:00")
    failed = [received("ada", "attempted", "c", f"2024-03-03 1{n}:00", score=0.0) for n in range(9)]
    with home(WORLD) as school:
        school.land([*tries, done, *failed])
        school.build(NOON, suppliers=counting())
        rows = foretold(school)["predictions.recommendations"]
        with school.reading(NOON) as reader:
            due = reader.student("ada").ask("student_recommendations")
        with school.reading(NOON - timedelta(days=5)) as reader:
            early = reader.published().ask(
                "student_recommendations", student_id="ada", as_of=NOON - timedelta(days=5)
            )
    told = {row["concept_id"]: (row["kind"], row["rank"], row["due_on"]) for row in rows}
    assert told == {"a": ("continue", 1, None), "b": ("review", 2, date(2024, 3, 8))}
    assert [row["concept_id"] for row in due] == ["a", "b"]
    assert [row["concept_id"] for row in early] == ["a"]


def test_predictions_are_read_as_published_beside_live_figures():
    with home(WORLD) as school:
        with school.reading(NOON) as reader:
            assert reader.student("ada").ask("student_mastery") == []
        school.land([received("ada", "attempted", "a", score=1.0)])
        school.build(NOON, suppliers=counting())
        school.send([received("ada", "attempted", "b", at="2024-03-10 09:00", score=1.0)])
        with school.reading(NOON) as reader:
            student = reader.student("ada")
            assert student.meta.live
            found = {
                row["concept_id"]: row["evidence_count"] for row in student.ask("student_mastery")
            }
    assert found == {"a": 1, "b": 0, "c": 0}


def test_a_supplier_with_other_columns_stops_the_build():
    wrong = counting(mastery=lambda given, as_of: pa.table({"student_id": ["ada"]}))
    with home(WORLD) as school:
        school.land([received("ada", "attempted", "a", score=1.0)])
        with pytest.raises(BuildFailed, match="other columns"):
            school.build(NOON, suppliers=wrong)


def test_a_table_of_touched_students_cannot_read_what_the_calendar_changes(tmp_path):
    table = tmp_path / "tables" / "predictions" / "wrong.sql"
    table.parent.mkdir(parents=True)
    table.write_text(
        "-- One row per student.\n-- grain: student_id\n-- scope: student\n"
        "--   student_id: the student\nselect student_id from source.predicted_risk\n"
    )
    with pytest.raises(InvalidTable, match="supplied for everybody"):
        load_catalog(tmp_path)


def test_the_lineage_of_a_prediction_goes_through_what_its_model_is_given():
    tables = catalog().upstream(["predictions.concept_mastery"])
    assert {"progress.tries", "predictions.questions", "predictions.concept_days"} <= {
        table.name for table in tables
    }


def test_what_came_of_predictions_stands_beside_what_was_told():
    before = [
        received("ada", "attempted", "a", f"2024-03-0{day} 10:00", score=1.0) for day in (1, 2)
    ]
    came = [
        received("ada", "attempted", "a", "2024-03-10 13:00", score=0.2),
        received("ada", "attempted", "a", "2024-03-10 13:05", score=1.0),  # not the first any more
        received("ada", "attempted", "b", "2024-03-10 13:10", score=1.0),
        received("ada", "completed", "c", "2024-03-10 13:20", score=1.0),  # no try of its own
        received("bob", "attempted", "a", "2024-03-10 13:00", score=1.0),  # nothing was told of bob
    ]
    late = received("ada", "attempted", "c", "2024-02-20 10:00", score=0.0)
    with home(WORLD) as school:
        school.land(before)
        school.build(NOON, suppliers=counting())
        school.land([*came, late])
        assert school.build(NOON + timedelta(hours=2), suppliers=counting()).why_full == ""
        noted = outcomes_of(school)
        school.build(NOON + timedelta(hours=3), suppliers=counting(), full=True)
        kept = outcomes_of(school)
        school.build(NOON + timedelta(days=40), suppliers=counting())
        forgotten = outcomes_of(school)
    assert noted == kept == [("mastery-1", 0.5, True), ("mastery-1", 0.75, False)]
    assert forgotten == []


def outcomes_of(school: Home) -> list[tuple[object, ...]]:
    current = Snapshots(school.settings.snapshots_dir).current()
    assert current is not None
    with duckdb.connect(str(current), read_only=True) as con:
        found = con.execute("select model_id, probability, is_right from source.predicted_outcomes")
        return sorted(found.fetchall(), key=repr)
