"""A lake of any size, written straight as lake files, for measuring what comes after.

Proportions as in two real sets of tries (docs/benchmarks.md): eight events a concept, 40 of 100
concepts completed and 18 mastered, eight of ten with a perfect score; twenty events a day (fewer
than there, which makes more days and streaks). Ids look like UUIDv7. Files hold what arrived
together, sorted by student, in row groups as `warehouse/lake.py` writes them.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import duckdb

from warehouse.lake import ROW_GROUP_ROWS
from warehouse.settings import Settings
from warehouse.store.curriculum import Concept
from warehouse.store.database import Store
from warehouse.store.people import Enrolment, Guardian, Person, SchoolClass
from warehouse.store.schema import STUDENTS
from warehouse.store.transactions import writing

FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
CONCEPTS = 500
CONCEPTS_PER_SUBJECT = 12
CLASS_SIZE, FAMILY_SIZE = 40, 3
HIDDEN = 5  # each so many-th student keeps off leaderboards
EVENTS_PER_FILE = 1_000_000

EVENTS = """
with drawn as (
    select
        s.s,
        n.n,
        hash(s.s * 1000 + n.n) as h,
        n.n // 8 as nth_concept,
        n.n % 8 as place,
        n.n // 20 as nth_day
    from range($students) as s(s)
    cross join range($first, $last) as n(n)
),
timed as (
    select
        *,
        make_timestamptz(cast($start_us
            + (case when s % 5 = 0 then nth_day
                else nth_day * 2 + cast(hash(s, nth_day) % 2 as bigint) end) * 86400000000
            + (7 + s % 12) * 3600000000 + (n % 20) * 240000000 + (h % 200) * 1000000
            as bigint)) as occurred_at
    from drawn
)
select
    printf('%08x-%04x-7%03x-%04x-%012x',
        epoch_ms(occurred_at) // 65536, epoch_ms(occurred_at) % 65536, h % 4096,
        32768 + (h // 4096) % 16384, (hash(h) % 281474976710656)::bigint) as event_id,
    cast(cast(md5('student' || s) as uuid) as varchar) as student_id,
    cast(cast(md5(
        'concept' || (s * 31 + nth_concept * (1 + s % 7)) % $concepts) as uuid) as varchar)
        as concept_id,
    case when place between 1 and 5 then 'item-' || cast(h % 5000 as varchar) end as item_id,
    case
        when place = 0 then 'started'
        when place = 6 and h % 10 < 4 then 'completed'
        when place = 7 and h % 50 < 9 then 'mastered'
        else 'attempted'
    end as event_type,
    case when place = 0 then null when h % 7 < 3 then 1.0 else (h % 21) / 20.0 end::double as score,
    (h % 240)::integer as time_spent,
    occurred_at,
    'UTC' as time_zone,
    cast(occurred_at as date) as local_date,
    cast(date_part('hour', occurred_at) as tinyint) as local_hour,
    cast(null as varchar) as helped_student_id,
    cast(null as integer) as points,
    cast(null as varchar) as reason,
    occurred_at + interval 2 second as received_at,
    'bench' as actor,
    'bench' as source,
    cast(h // 2 as bigint) as fingerprint
from timed
order by student_id, occurred_at, event_id
"""


def write_lake(settings: Settings, *, students: int, events_per_student: int) -> list[Path]:
    """Write the events of all students as lake files; returns the files."""
    slices = max(1, students * events_per_student // EVENTS_PER_FILE)
    bounds = [events_per_student * i // slices for i in range(slices + 1)]
    directory = settings.lake_dir / "events" / f"received_date={FIRST_DAY:%Y-%m-%d}"
    directory.mkdir(parents=True, exist_ok=True)
    files = []
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        for number in range(slices):
            files.append(directory / f"bench-{number:04}.parquet")
            sql = EVENTS
            for name, value in {
                "students": students,
                "first": bounds[number],
                "last": bounds[number + 1],
                "concepts": CONCEPTS,
                "start_us": int(FIRST_DAY.timestamp()) * 1_000_000,
            }.items():
                sql = sql.replace(f"${name}", str(value))
            con.execute(
                f"copy ({sql}) to '{files[-1]}' (format parquet, compression zstd,"
                f" row_group_size {ROW_GROUP_ROWS})"
            )
    return files


def write_curriculum(store: Store) -> None:
    """The concepts that the generated events name."""
    store.curriculum.merge(
        [
            Concept(
                identity(f"concept{n}"),
                f"subject-{n // CONCEPTS_PER_SUBJECT:02}",
                f"Concept {n}",
                (),
            )
            for n in range(CONCEPTS)
        ]
    )


def write_people(store: Store, students: int) -> None:
    """Everybody in a class with an educator and a family with a parent; most with an alias."""
    ids = [identity(f"student{number}") for number in range(students)]
    classes = range(-(-students // CLASS_SIZE))
    store.people.put(
        people=[Person(i, f"Student {i[:8]}", None, None, None, active=True) for i in ids],
        classes=[
            SchoolClass(
                f"class-{c}", f"Class {c}", None, None, leaderboard_enabled=True, active=True
            )
            for c in classes
        ],
        enrolments=[
            Enrolment(f"class-{n // CLASS_SIZE}", i, "student", None, None)
            for n, i in enumerate(ids)
        ]
        + [Enrolment(f"class-{c}", f"educator-{c}", "educator", None, None) for c in classes],
        guardians=[
            Guardian(
                i,
                f"parent-{n // FAMILY_SIZE}",
                "parent",
                consent=True,
                valid_from=None,
                valid_until=None,
            )
            for n, i in enumerate(ids)
        ],
        source="bench",
    )
    rows = [
        {
            "student_id": i,
            "alias": f"Otter {n}",
            "leaderboard_opt_in": True,
            "recorded_at": FIRST_DAY,
        }
        for n, i in enumerate(ids)
        if n % HIDDEN
    ]
    with writing(store.engine) as connection:
        connection.execute(STUDENTS.insert(), rows)


def identity(name: str) -> str:
    """The UUID that the generated events use for `student<n>` or `concept<n>`."""
    return str(UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()))
