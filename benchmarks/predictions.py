"""What mastery foreseen adds to a full build: `python -m benchmarks.predictions`.

A world as of `benchmarks.builds`, with fewer events: all lie in a few weeks, too few for the other
models to learn from. The model is not judged: these answers are drawn by lot, and nothing can
foresee them. Its size does not depend on that.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from benchmarks.builds import cpu_seconds, generate, memory_gb
from benchmarks.world import FIRST_DAY
from pipelines.learning.champions import Champion
from pipelines.learning.kinds import KINDS
from pipelines.learning.supplying import Given, maker_of
from pipelines.learning.trial import Training
from warehouse.build import Build
from warehouse.build_report import BuildRequest
from warehouse.settings import Settings, load_settings
from warehouse.store.database import Store, open_store
from warehouse.suppliers import NOTHING, Maker, Suppliers

RELATION = "source.predicted_mastery"


def main() -> None:
    """A training on a first build, then a build without predictions and one with them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=20, help="per student")
    parser.add_argument("--tries", type=int, default=50_000, help="that teach the model")
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="spool-bench-"))
    settings = load_settings(home=home)
    with open_store(settings) as store:
        generate(settings, store, given)
        now = FIRST_DAY + timedelta(days=200)
        build("the first, which writes the history too", settings, store, now, NOTHING)
        counted = Counted(trained(settings, now, given.tries))
        now += timedelta(seconds=1)
        build("without predictions", settings, store, now, NOTHING)
        now += timedelta(seconds=1)
        build("with them", settings, store, now, Suppliers({RELATION: counted}))
        print(
            f"of that predicted: {counted.answers} answers over {counted.tries} tries, "
            f"cpu {counted.cpu:.1f} s, clock {counted.clock:.1f} s"
        )
    shutil.rmtree(home)


def build(name: str, settings: Settings, store: Store, now: datetime, suppliers: Suppliers) -> None:
    """A full build, what it takes and how much memory this process has needed so far."""
    used, began = cpu_seconds(), time.perf_counter()
    Build(settings, store, BuildRequest(now, full=True), suppliers=suppliers).run()
    took = f"cpu {cpu_seconds() - used:.1f} s, clock {time.perf_counter() - began:.1f} s"
    print(f"full build, {name}: {took}, peak memory {memory_gb():.2f} GB", flush=True)


def trained(settings: Settings, now: datetime, tries: int) -> Maker:
    """A model of mastery that learned from the published snapshot, in use without a judgement."""
    used = cpu_seconds()
    trial = Training(settings, now, most_tries=tries).learn(KINDS["mastery"])
    if trial.challenger is None:
        raise SystemExit(trial.too_little)
    print(f"training cpu {cpu_seconds() - used:.1f} s, peak memory {memory_gb():.2f} GB")
    return maker_of(Champion(trial.kind, model=trial.challenger), RELATION)


class Counted:
    """A maker that counts what it is asked and what its answers cost."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.answers = self.tries = 0
        self.cpu = self.clock = 0.0

    def __call__(self, given: Given, as_of: datetime) -> pa.Table:
        """Answer as the maker does."""
        used, began = cpu_seconds(), time.perf_counter()
        said = self.maker(given, as_of)
        self.cpu += cpu_seconds() - used
        self.clock += time.perf_counter() - began
        self.answers += len(said)
        self.tries += len(given["predictions.questions"]) - len(said)
        return said


if __name__ == "__main__":
    main()
