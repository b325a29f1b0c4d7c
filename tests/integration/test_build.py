"""What a build promises beside its figures: what it leaves alone, leaves behind, and names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.builds import Home, catalog, home
from tests.factories import instant, received
from tests.oracle.world import (
    RULES_TEXT,
    Break,
    Goal,
    Guardianship,
    Membership,
    Profile,
    World,
)
from warehouse.build import Build
from warehouse.build_report import BuildRequest
from warehouse.catalog import Relation, load_catalog
from warehouse.errors import BuildFailed, InvalidRules
from warehouse.rules import load_rules
from warehouse.snapshot import Snapshots

NOW = instant("2024-03-13 12:00")  # a Wednesday
MATHS = World({"fractions": "maths", "decimals": "maths", "angles": "geometry"})
SEVENTH = """
[[badges]]
id = "centurion"
name = "Centurion"
description = "Master 50 concepts"
icon_url = "/static/badges/centurion.svg"
points_value = 75
metric = "concepts_mastered"
window = "all"
threshold = 50
"""


def badges(school: Home) -> set[str]:
    return {row["badge_id"] for row in school.stored()["gamification.badges"]}


def test_inbox_rows_go_one_publish_after_a_snapshot_holds_them():
    with home(MATHS) as school:
        school.send([received("ada")])
        school.build(NOW)
        assert school.store.inbox.count() == 1
        school.build(NOW + timedelta(minutes=1))
        assert school.store.inbox.count() == 0


def test_a_past_instant_is_rebuilt_as_it_was():
    early = received("ada", "mastered", at="2024-03-04 10:00")
    late = received("ada", "mastered", "decimals", at="2024-03-12 10:00")
    with home(MATHS) as school:
        school.land([early])
        school.build(instant("2024-03-06"))
        then = school.stored()
        school.land([late])
        school.build(NOW)
        assert school.stored() != then
        school.build(NOW, as_of=instant("2024-03-06"))
        assert school.stored() == then


def test_a_failed_check_publishes_nothing_and_leaves_nothing_behind():
    never = Relation("never", "select 1 as wrong", ())
    strict = replace(load_catalog(), checks={"never": never})
    with home(MATHS) as school:
        school.land([received("ada")])
        good = school.build(NOW).snapshot_id
        school.send([received("bob")])
        request = BuildRequest(NOW + timedelta(minutes=1), full=True)
        with pytest.raises(BuildFailed, match="never"):
            Build(school.settings, school.store, request, catalog=strict).run()
        snapshots = Snapshots(school.settings.snapshots_dir)
        assert [path.stem for path in snapshots.newest_first()] == [good]
        assert list(snapshots.work.iterdir()) == []
        assert [path.name for path in snapshots.history.iterdir()] == [good]
        school.build(NOW + timedelta(minutes=2))
        assert {r["student_id"] for r in school.stored()["gamification.streaks"]} == {"ada", "bob"}


def test_one_id_with_two_contents_is_named_and_the_first_stays():
    first = received("ada", event_id="same", score=0.5)
    other = received("bob", event_id="same", received_at=first.received_at + timedelta(days=1))
    with home(MATHS) as school:
        school.land([first])
        school.build(NOW)
        school.land([other])
        for full in (False, True):
            report = school.build(NOW + timedelta(minutes=1), full=full)
            (check,) = [c for c in report.checks if c.name == "one_content_per_event_id"]
            assert (check.passed, check.blocking) == (False, False)
            assert "same" in check.sample[0]
            students = {r["student_id"] for r in school.stored()["gamification.streaks"]}
            assert students == {"ada"}


def test_a_full_build_looks_for_repeats_in_files_that_no_build_has_seen():
    old, kept = received("ada", event_id="old"), received("ada", "completed", event_id="kept")
    later = old.received_at + timedelta(days=1)
    again = received("bob", event_id="old", received_at=later)
    twice = [received("cyd", "helped", event_id="new", received_at=later)] * 2
    with home(MATHS) as school:
        school.land([old, kept])
        school.land([old])
        school.build(NOW)
        for batch in ([again], twice[:1], twice[1:]):
            school.land(batch)
        for minutes in (1, 2):
            report = school.build(NOW + timedelta(minutes=minutes), full=True)
            assert report.new_events == 3
            assert report.tables["progress.students"].row_count == 2


def test_an_event_a_little_in_the_future_counts_when_its_time_has_come():
    with home(MATHS) as school:
        school.land([received("ada", at=NOW + timedelta(minutes=4))])
        school.build(NOW)
        assert school.stored()["progress.concept_progress"] == []
        report = school.build(NOW + timedelta(minutes=5))
        assert (report.why_full, report.touched_students) == ("", 1)
        assert len(school.stored()["progress.concept_progress"]) == 1


def test_a_perfect_week_is_earned_by_time_alone():
    week = [
        received("ada", kind, concept, at=f"2024-03-0{day} 10:00")
        for day, concept in ((4, "fractions"), (5, "decimals"), (6, "angles"))
        for kind in ("started", "completed")
    ]
    with home(MATHS) as school:
        school.land(week)
        school.build(instant("2024-03-10 23:00"))
        assert "perfect_week" not in badges(school)
        report = school.build(instant("2024-03-11 00:00"))
        assert report.why_full == ""
        assert "perfect_week" in badges(school)


def test_a_new_goal_touches_its_student_only():
    with home(MATHS) as school:
        school.land([received("ada", "completed"), received("bob", "completed")])
        school.build(NOW)
        school.store.goals.set("ada", date(2024, 3, 4), concepts=1, minutes=None, set_by="ada")
        report = school.build(NOW + timedelta(minutes=1))
        assert (report.why_full, report.touched_students) == ("", 1)
        met = {r["student_id"]: r["met_at"] for r in school.stored()["gamification.weekly_goals"]}
        assert met["ada"] is not None
        assert met["bob"] is None


def test_a_streak_ends_by_the_clock_alone():
    with home(MATHS) as school:
        school.land([received("ada", at=NOW)])
        school.build(NOW)
        assert school.stored()["gamification.streaks"][0]["current_streak"] == 1
        school.build(NOW + timedelta(days=2))
        assert school.stored()["gamification.streaks"][0]["current_streak"] == 0


@pytest.mark.parametrize("change", ["curriculum", "rules", "sql"])
def test_what_changes_every_figure_makes_a_full_build(change: str):
    with home(MATHS) as school:
        school.land([received("ada")])
        school.build(NOW)
        rules, tables = school.rules, catalog()
        if change == "curriculum":
            school.tell(World({"spelling": "english"}))
        if change == "rules":
            rules = rules.model_copy(update={"version": "another"})
        if change == "sql":
            altered = replace(tables.tables["progress.students"], sql="-- another")
            tables = replace(tables, tables={**tables.tables, "progress.students": altered})
        request = BuildRequest(NOW + timedelta(minutes=1))
        build = Build(school.settings, school.store, request, rules=rules, catalog=tables)
        with build.running():
            build.land()
            build.gather()
        assert build.report.why_full.startswith("another ")


def test_a_seventh_badge_needs_no_code():
    concepts = {f"c{n:02}": "maths" for n in range(60)}
    with home(World(concepts), RULES_TEXT + SEVENTH) as school:
        events = [
            received("ada", "mastered", f"c{n:02}", at=NOW - timedelta(days=n)) for n in range(50)
        ]
        school.land(
            [
                *events,
                *[e._replace(student_id="bob", event_id=f"b{e.event_id}") for e in events[:49]],
            ]
        )
        school.build(NOW)
        earned = [r for r in school.stored()["gamification.badges"] if r["badge_id"] == "centurion"]
        assert [(r["student_id"], r["earned_at"]) for r in earned] == [("ada", NOW)]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("threshold = 5\n", ("threshold = 0\n", "badges.quick_learner.threshold")),
        ('metric = "streak_days"', ('metric = "hours"', "badges.consistency_king.metric")),
        ("from_points = 501", ("from_points = 5", "Scholar")),
        ('id = "helper"', ('id = "explorer"', "explorer")),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, wrong: str, named: tuple[str, str]):
    path = tmp_path / "rules.toml"
    text = Path("warehouse/rules.toml").read_text()
    assert wrong in text
    path.write_text(text.replace(wrong, named[0], 1))
    with pytest.raises(InvalidRules, match=named[1]):
        load_rules(path)


def test_a_broken_newest_snapshot_is_passed_over_for_the_one_before():
    with home(MATHS) as school:
        school.land([received("ada")])
        good = school.build(NOW).snapshot_id
        school.land([received("bob")])
        school.build(NOW + timedelta(minutes=1))
        current = Snapshots(school.settings.snapshots_dir).current()
        assert current is not None
        current.write_bytes(current.read_bytes()[:5000])
        with school.reading(NOW + timedelta(minutes=2)) as reader:
            assert reader.student("ada").meta.snapshot_id == good


def test_old_snapshots_go_and_the_history_that_is_read_stays():
    with home(MATHS) as school:
        school.land([received("ada")])
        first = school.build(NOW).snapshot_id
        for minute in range(1, 6):
            school.build(NOW + timedelta(minutes=minute))
        snapshots = Snapshots(school.settings.snapshots_dir)
        assert len(snapshots.newest_first()) == 3
        assert [path.name for path in snapshots.history.iterdir()] == [first]


def test_two_builds_do_not_run_at_once():
    with home(MATHS) as school:
        snapshots = Snapshots(school.settings.snapshots_dir)
        with snapshots.building(), pytest.raises(BuildFailed, match="Another build"):
            school.build(NOW)


def test_a_snapshot_opens_without_us():
    with home(MATHS) as school:
        school.land([received("ada")])
        school.build(NOW)
        current = school.settings.snapshots_dir / "current.duckdb"
        with duckdb.connect(str(current), read_only=True) as con:
            assert con.execute("select count(*) from progress.concept_progress").fetchone() == (1,)
            assert con.execute("select event_count from meta.snapshot").fetchone() == (1,)


def test_a_build_of_the_past_meets_the_people_of_the_past():
    """Repeated with what was known then, a build says the same, whatever has changed since."""
    then = World(
        {"m1": "maths", "p1": "physics"},
        goals=[Goal("ada", date(2024, 3, 4), 1, None)],
        profiles={f"s{n}": Profile(f"alias {n}") for n in range(5)},
        classes={"7a": True},
        memberships=[Membership("7a", f"s{n}") for n in range(5)],
        guardianships=[Guardianship("ada", "pat")],
        breaks=[Break("break", date(2024, 3, 6), date(2024, 3, 8), student_id="ada")],
    )
    events = [
        received("ada", "mastered", "m1", "2024-03-05 10:00"),
        received("ada", "started", "p1", "2024-03-09 10:00"),
    ]
    first, second = instant("2024-03-10 12:00"), instant("2024-03-10 13:00")
    with home(then) as school:
        school.land([event._replace(received_at=first) for event in events])
        school.build(first)
        before = school.stored()
        school.tell(
            World(
                {"m1": "arts", "m2": "maths"},
                goals=[Goal("ada", date(2024, 3, 4), 9, None)],
                profiles={f"s{n}": Profile("x1", opted_in=False) for n in range(5)},
                guardianships=[Guardianship("ada", "pat", consent=False)],
            )
        )
        school.build(second)
        changed = school.stored()
        school.build(second, as_of=first, known_at=first)

        assert changed != before
        assert school.stored() == before
