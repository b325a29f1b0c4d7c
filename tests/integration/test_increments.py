"""What an incremental build must notice, one story each: new events, time, goals, ids met before.

The stories of test_agreement find such things only by luck. Each of these ends in an incremental
build and must agree with a full one, with live answers and with the oracle.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from tests.agreement import all_ways_agree
from tests.builds import Tables, catalog, home
from tests.factories import instant, received
from tests.oracle.world import Break, Goal, Membership, Profile, World
from tests.school import STORY_RULES, STUDENTS
from tests.stories import Landing, Story
from warehouse.build import Build
from warehouse.build_report import BuildRequest
from warehouse.errors import BuildFailed
from warehouse.events import ReceivedEvent
from warehouse.snapshot import Snapshots

WORLD = World({"a": "maths", "b": "maths", "c": "maths"}, rules=STORY_RULES)
SUNDAY, MONDAY = instant("2024-03-10 12:00"), instant("2024-03-11 00:00")


def story(
    *landed: ReceivedEvent,
    then: tuple[ReceivedEvent, ...] = (),
    pending: tuple[ReceivedEvent, ...] = (),
    world: World = WORLD,
    as_of: datetime = SUNDAY + timedelta(minutes=1),
) -> Story:
    """Two landings, the second perhaps of nothing, and what waits in the inbox."""
    landings = (Landing(landed, SUNDAY, True), Landing(then, SUNDAY, True))
    return Story(WORLD, world, landings, pending, as_of)


def incremental(told: Story, table: str, **columns: object) -> int:
    """How many rows of a table have these values in the end, when all ways agree."""
    tables: Tables
    tables, why_full = all_ways_agree(told)
    assert why_full == ""
    return sum(
        all(row[column] == value for column, value in columns.items()) for row in tables[table]
    )


def test_new_events_touch_their_student_only():
    with home(WORLD) as school:
        school.land([received("ada"), received("bob")])
        assert school.build(SUNDAY).why_full
        school.land([received("ada", "mastered", at="2024-03-05 10:00")])
        report = school.build(SUNDAY + timedelta(hours=6))
        assert (report.why_full, report.new_events, report.touched_students) == ("", 1, 1)


def test_a_perfect_week_is_earned_by_the_end_of_the_week_alone():
    events = [
        received("ada", kind, concept, "2024-03-05 10:00")
        for concept in WORLD.curriculum
        for kind in ("started", "completed")
    ]
    told = story(*events, as_of=MONDAY)
    assert incremental(told, "gamification.badges", badge_id="perfect_week") == 1


def test_a_streak_ends_and_today_begins_again_by_time_alone():
    told = story(received("ada", "mastered", at="2024-03-09 10:00"), as_of=MONDAY)
    assert incremental(told, "gamification.streaks", current_streak=0) == 1


def test_a_goal_set_later_counts_for_weeks_before():
    world = World(WORLD.curriculum, STORY_RULES, [Goal("ada", date(2024, 3, 4), 1, None)])
    told = story(received("ada", "completed", at="2024-03-05 10:00"), world=world)
    assert incremental(told, "gamification.point_ledger", reason="weekly_goal") == 1


def test_a_profile_changed_later_moves_today():
    # At noon UTC of Sunday it is Monday in Kiritimati.
    world = World(WORLD.curriculum, STORY_RULES, zones={"ada": "Pacific/Kiritimati"})
    told = story(received("ada", at="2024-03-09 10:00"), world=world)
    assert incremental(told, "gamification.streaks", current_streak=0) == 1


def test_midnight_moves_those_whom_it_reaches_and_nobody_else():
    # At ten in the morning, UTC, a day begins in Kiritimati.
    world = World(WORLD.curriculum, STORY_RULES, zones={"ada": "Pacific/Kiritimati"})
    before, after = instant("2024-03-10 09:30"), instant("2024-03-10 10:30")
    events = (received("ada", at="2024-03-09 08:00"), received("bob", at="2024-03-09 08:00"))
    landings = (Landing(events, before, True), Landing((), after, True))
    tables, why_full = all_ways_agree(Story(world, world, landings, (), after))
    assert why_full == ""
    current = {row["student_id"]: row["current_streak"] for row in tables["gamification.streaks"]}
    assert current == {"ada": 0, "bob": 1}


HOLIDAY = Break("b", date(2024, 3, 6), date(2024, 3, 8), class_id="7a")
BOTH_SIDES = tuple(received("ada", at=f"2024-03-{day} 10:00") for day in ("05", "09"))


def streak_then(before: World, after: World, *then: ReceivedEvent) -> Tables:
    """Two builds of a streak with three days missing; the second build is incremental."""
    landings = (Landing(BOTH_SIDES, SUNDAY, True), Landing(then, SUNDAY, True))
    told = Story(before, after, landings, (), SUNDAY + timedelta(minutes=1))
    tables, why_full = all_ways_agree(told)
    assert why_full == ""
    return tables


def in_class(member: Membership, *breaks: Break) -> World:
    return World(
        WORLD.curriculum,
        STORY_RULES,
        classes={"7a": True},
        memberships=[member],
        breaks=breaks,
    )


def test_a_break_planned_later_joins_two_runs_and_earns_their_badge():
    member = Membership("7a", "ada")
    tables = streak_then(in_class(member), in_class(member, HOLIDAY))
    assert [row["longest_streak"] for row in tables["gamification.streaks"]] == [2]
    earned = [row["badge_id"] for row in tables["gamification.badges"]]
    assert "streak_of_two" in earned


def test_an_enrolment_that_turns_out_shorter_takes_its_breaks_along():
    short = Membership("7a", "ada", valid_until=instant("2024-03-08 00:00"))
    tables = streak_then(in_class(Membership("7a", "ada"), HOLIDAY), in_class(short, HOLIDAY))
    assert [row["longest_streak"] for row in tables["gamification.streaks"]] == [1]


def test_a_list_ends_when_one_of_five_opts_out_or_leaves():
    five = STUDENTS[:5]
    ranked = World(WORLD.curriculum, STORY_RULES, profiles={s: Profile("owl") for s in five})
    out = replace(ranked, profiles={**ranked.profiles, "dan": Profile("owl", opted_in=False)})
    gone = replace(ranked, left=["dan"])
    counts = []
    for after in (ranked, out, gone):
        landings = (Landing(BOTH_SIDES, SUNDAY, True), Landing((), SUNDAY, True))
        tables, why_full = all_ways_agree(Story(ranked, after, landings, (), SUNDAY))
        assert why_full == ""
        counts.append(len(tables["gamification.leaderboard"]))
    assert counts == [15, 0, 0]


def test_a_build_that_starts_over_knows_everybody_though_nobody_changed():
    five = World(WORLD.curriculum, STORY_RULES, profiles={s: Profile("owl") for s in STUDENTS[:5]})
    with home(five) as school:
        school.land(BOTH_SIDES)
        school.build(SUNDAY)
        others = school.rules.model_copy(update={"version": "another"})
        report = replace(school, rules=others).build(SUNDAY + timedelta(minutes=1))
        assert report.why_full.startswith("another ")
        assert len(school.stored()["gamification.leaderboard"]) == 15


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select nobody from source.clock", "Table metrics.badge_frequency could not be made"),
        ("from (values ('b', 1), ('b', 1)) as t(badge_id, week_start)", "one_row_per_grain"),
    ],
    ids=["fails", "has two rows of one grain"],
)
def test_a_table_across_students_that_is_wrong_is_not_published(sql: str, said: str):
    broken = replace(catalog().tables["metrics.badge_frequency"], sql=sql)
    tables = replace(catalog(), tables={**catalog().tables, broken.name: broken})
    with home(WORLD) as school:
        school.land(BOTH_SIDES)
        good = school.build(SUNDAY).snapshot_id
        request = BuildRequest(SUNDAY + timedelta(minutes=1))
        build = Build(school.settings, school.store, request, rules=school.rules, catalog=tables)
        with pytest.raises(BuildFailed, match=said):
            build.run()
        current = Snapshots(school.settings.snapshots_dir).current()
        assert current is not None
        assert current.stem == good


def test_an_event_known_before_it_happened_counts_when_it_has():
    late = received("ada", "mastered", at=SUNDAY + timedelta(seconds=30))
    told = story(received("ada"), late)
    assert incremental(told, "progress.concept_progress", status="mastered") == 1


def test_a_known_id_is_not_counted_again_in_any_form_from_anyone():
    first = received("ada", event_id="e1", received_at=instant("2024-03-09 10:00"))
    retry = first._replace(received_at=instant("2024-03-10 10:00"))
    other = received("ada", "mastered", event_id="e1", received_at=instant("2024-03-10 10:01"))
    stranger = received("bob", event_id="e1", received_at=instant("2024-03-10 10:02"))
    told = story(first, then=(retry,), pending=(other, received("bob", at=SUNDAY)))
    assert incremental(told, "gamification.student_points", student_id="ada", total_points=10) == 1
    told = story(first, then=(other,), pending=(stranger, received("bob", "helped", at=SUNDAY)))
    assert incremental(told, "gamification.student_points", student_id="bob") == 1


def overtaking(first: ReceivedEvent, second: ReceivedEvent) -> Tables:
    """The second to land is the one that stays: a full build, and still all agree."""
    told = story(first, then=(second,))
    return all_ways_agree(told)[0]


def test_an_event_received_first_but_landed_last_is_the_one_that_stays():
    late = received("ada", event_id="e1", received_at=instant("2024-03-09 10:00"))
    early = received("bob", event_id="e1", received_at=instant("2024-03-09 09:00"))
    found = overtaking(late, early)["gamification.student_points"]
    assert [row["student_id"] for row in found] == ["bob"]


def test_of_two_received_at_one_instant_the_smaller_fingerprint_stays():
    both = [received("ada", event_id="e1", score=score) for score in (0.25, 0.75)]
    smaller, larger = sorted(both, key=lambda one: one.fingerprint)
    found = overtaking(larger, smaller)["progress.concept_progress"]
    assert [row["best_score"] for row in found] == [smaller.score]
