"""SIGKILL at any point: what was acknowledged is there exactly once, the last good snapshot served.

The API dies under load; builds die between any two of their steps or at any instant, alone or with
the API. After each death every figure of every student must be what the acknowledged events say.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random

import duckdb
import pytest

from tests.journey.builders import Builder
from tests.journey.conftest import SPOOL, Programs, Server
from tests.journey.crowd import STEADY, Crowd
from tests.journey.forking import Forks
from warehouse.lake import Lake
from warehouse.snapshot import Snapshots
from warehouse.store.database import open_store
from warehouse.tokens import Role

DEEP = os.environ.get("SPOOL_DEEP") == "1"
SEED = int(os.environ.get("SPOOL_CRASH_SEED", "20260304"))

# Of each thirty kills: how many hit what. An incremental build has some seventeen steps.
MIX = {"api": 7, "step": 17, "moment": 3, "both": 2, "command": 1}
THIRTIES = 10 if DEEP else 1


class Scene:
    """A home in use: the server, the builds, the crowd, and what happened so far."""

    def __init__(self, programs: Programs, server: Server, crowd: Crowd) -> None:
        self.programs, self.server, self.crowd = programs, server, crowd
        self.builder = Builder(programs)
        self.rng = Random(SEED)
        self.kills: Counter[str] = Counter()
        self.snapshot_id = ""
        self._steps: list[int] = []

    def whole_build(self) -> None:
        """One build that nobody kills; it has to succeed whatever was left behind."""
        self.builder.begin()
        ended = self.builder.end()
        assert (ended.killed, ended.snapshot_id) == (False, self.current)
        if not self._steps:
            self._steps = self.rng.sample(range(1, ended.steps + 1), ended.steps)

    def next_step(self) -> int:
        """The step to die at: each of a whole build's once, before any of them again."""
        return self._steps.pop()

    def any_step(self) -> int:
        return self.rng.randint(1, 17)

    def by_chance(self) -> bool:
        return self.rng.random() < 1 / 2

    @property
    def current(self) -> str:
        current = Snapshots(self.programs.settings.snapshots_dir).current()
        assert current is not None
        return current.stem


class ForkedServer(Server):
    """The API without the seconds of its imports."""

    def __init__(self, programs: Programs) -> None:
        super().__init__(programs)
        self._forks = Forks(programs, "tests.journey.serving")

    def _begin(self) -> None:
        self._forks.begin(f"{self.port} {self.log}")

    def _runs(self) -> bool:
        return self._forks.running

    def _end(self, sign: signal.Signals) -> None:
        self._forks.kill(sign)
        self._forks.end()


@pytest.fixture
def scene(programs: Programs) -> Iterator[Scene]:
    programs.set(READ_AHEAD="false")
    server = ForkedServer(programs)
    clients = server.client(Role.SERVICE, "crowd"), server.client(Role.ADMIN, "head")
    try:
        server.start()
        with clients[0] as sender, clients[1] as reader:
            crowd = Crowd(sender, reader, SEED)
            made = Scene(programs, server, crowd)
            crowd.arrive(200)
            made.builder.begin()
            made.builder.end()
            yield made
    finally:
        server.stop()  # it would outlive the program that forked it


def kill_api(scene: Scene) -> bool:
    with scene.crowd.pressing():
        time.sleep(scene.rng.uniform(0.02, 0.8))
        scene.server.kill()
    scene.server.start()
    return True


def kill_build_at_a_step(scene: Scene) -> bool:
    """After a whole build, so that steps have the same numbers and each of them has its turn."""
    with scene.crowd.pressing(STEADY):
        scene.whole_build()
        scene.builder.begin(fatal=scene.next_step())
        return scene.builder.end().killed


def kill_build_at_a_moment(scene: Scene) -> bool:
    with scene.crowd.pressing(STEADY):
        scene.builder.begin(full=scene.by_chance())
        time.sleep(scene.rng.uniform(0, 1.2))
        scene.builder.kill()
        return scene.builder.end().killed


def kill_both(scene: Scene) -> bool:
    with scene.crowd.pressing():
        scene.builder.begin(fatal=scene.any_step(), full=scene.by_chance())
        time.sleep(scene.rng.uniform(0, 0.8))
        scene.server.kill()
        scene.builder.kill()
        scene.builder.end()
    scene.server.start()
    return True


def kill_command(scene: Scene) -> bool:
    """`spool build`, with Dagster around the steps."""
    with scene.crowd.pressing(STEADY, clients=1):
        build = scene.programs.start(SPOOL, "build")
        time.sleep(scene.rng.uniform(2, 7))
        build.kill()
        output, _ = build.communicate(timeout=60)
    assert build.returncode in {0, -9}, output
    return bool(build.returncode)


KILLS: dict[str, Callable[[Scene], bool]] = {
    "api": kill_api,
    "step": kill_build_at_a_step,
    "moment": kill_build_at_a_moment,
    "both": kill_both,
    "command": kill_command,
}


@pytest.mark.timeout(0 if DEEP else 600)
def test_no_kill_loses_or_doubles_an_acknowledged_event(scene):
    plan = [kind for kind, count in MIX.items() for _ in range(count * THIRTIES)]
    scene.rng.shuffle(plan)
    for number, kind in enumerate(plan, start=1):
        try:
            while not KILLS[kind](scene):  # it had ended before: that was no kill
                check(scene)
            scene.kills[kind] += 1
            check(scene)
            if number % 5 == 0:
                scene.whole_build()
                check(scene)
        except BaseException as error:
            error.add_note(f"kill {number}, {kind}, of SPOOL_CRASH_SEED={SEED}")
            raise
    assert scene.kills.total() == 30 * THIRTIES
    assert_published_once(scene)
    assert_nothing_left_behind(scene)


def check(scene: Scene) -> None:
    """Everything acknowledged counts once, and the current snapshot is served."""
    scene.crowd.settle()
    assert scene.current >= scene.snapshot_id, "went back to an older snapshot"
    scene.snapshot_id = scene.current
    health = scene.crowd.ask("/health")
    assert (health["status"], health["snapshot_id"]) == ("ok", scene.snapshot_id)
    for student, expected in scene.crowd.figures().items():
        answer = scene.crowd.ask(f"/api/progress/student/{student}")
        seen = {
            concept["concept_id"]: (concept["attempts"], concept["total_time_spent"])
            for concept in answer["concepts"]
        }
        assert seen == expected, f"{student} after {dict(scene.kills)}"


def assert_published_once(scene: Scene) -> None:
    """On disk: every acknowledged id in lake or inbox, and the last snapshot counts each once."""
    settings = scene.programs.settings
    lake = Lake(settings.lake_dir)
    files = [str(lake.root / name) for name in lake.files()]
    landed = {
        row[0] for row in duckdb.execute("select event_id from read_parquet(?)", [files]).fetchall()
    }
    with open_store(settings) as store:
        waiting = {
            e.event_id for batch in store.inbox.claimed() for e in store.inbox.events_of(batch)
        }
    assert landed | waiting == scene.crowd.acknowledged.keys()
    with duckdb.connect(
        settings.snapshots_dir / f"{scene.current}.duckdb", read_only=True
    ) as snapshot:
        counted = snapshot.execute("select event_count from meta.snapshot").fetchone()
    assert counted == (len(scene.crowd.acknowledged),)


def assert_nothing_left_behind(scene: Scene) -> None:
    """No half-made file of a killed build outlives the next whole one."""
    settings = scene.programs.settings
    assert list(Snapshots(settings.snapshots_dir).work.iterdir()) == []
    assert list((settings.lake_dir / ".incoming").iterdir()) == []
