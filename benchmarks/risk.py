"""Risk, score and weekly forecasts on real records: `make bench-risk DATA=../shared/data`.

The folder holds `oulad_registrations`, `oulad_scores` and `oulad_assessments` as Parquet: the
latest presentation in it is judged by what the earlier ones taught. `--train DIR --test DIR` takes
two folders with the same file names, `--train-courses 2013B,2013J --test-courses 2014B` other
presentations. `events_*.parquet` and `moodle_la_events.parquet` of the folder are used when there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from benchmarks import course_outcome, event_frames, event_risk, forecasts
from benchmarks.oulad import read
from benchmarks.oulad_history import Courses
from benchmarks.oulad_scores import FIGURES, next_scores, with_usual
from models.errors import InvalidFrame, NotEnoughExamples
from models.score import ScoreModel
from tests.habits import daily, work

SCORE_HEADER = ["scores", "model", "last value", "mean so far", "interval 80 % holds"]


def main() -> int:
    """Print the tables asked for; a sentence and 2 where the files are not what they must be."""
    options = _options()
    try:
        for title, header, rows in _tables(options):
            print(f"\n## {title}\n", flush=True)
            _table(header, rows)
    except (InvalidFrame, NotEnoughExamples) as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with all of it")
    parser.add_argument("--train", type=Path, help="folder to learn from (default: --data)")
    parser.add_argument("--test", type=Path, help="folder to be judged on (default: --train)")
    parser.add_argument("--train-courses", help="presentations, as 2013B,2013J")
    parser.add_argument("--test-courses", help="presentations, as 2014B")
    parser.add_argument("--only", choices=["courses", "events"], help="one part of it")
    options = parser.parse_args()
    if not (options.data or options.train):
        parser.error("name the folder: --data DIR, or --train DIR and --test DIR")
    return options


def _tables(
    options: argparse.Namespace,
) -> Iterator[tuple[str, Sequence[str], Iterator[list[str]] | list[list[str]]]]:
    if options.only != "events":
        train, test, history = courses(options)
        named = f"learned from {', '.join(train.presentations)}, judged on "
        named += ", ".join(test.presentations)
        rows = course_outcome.rows(train, test, history)
        yield f"Course outcome, {named}", course_outcome.HEADER, rows
        yield (
            f"Next score (mean absolute error, points), {named}",
            SCORE_HEADER,
            [_score_row(train, test)],
        )
    if options.only != "courses":
        frames = _frames(options.test or options.train or options.data)
        weeks = (line for name, days, _ in frames for line in forecasts.rows(name, days))
        yield "Weeks foreseen (mean absolute error)", forecasts.HEADER, weeks
        lines = (line for frame in frames for line in event_risk.rows(*frame))
        yield "Risk and mastery soon, on the last mornings", event_risk.HEADER, lines


def courses(options: argparse.Namespace) -> tuple[Courses, Courses, Courses]:
    """Presentations to learn from, to be judged on, and all there are."""
    first = read(options.train or options.data)
    second = read(options.test) if options.test else first
    test = (options.test_courses or second.presentations[-1]).split(",")
    earlier = [name for name in first.presentations if options.test or name not in test]
    train = (options.train_courses or ",".join(earlier)).split(",")
    parts = first.only(train), second.only(test)
    for part, names in zip(parts, (train, test), strict=True):
        if part.registrations.is_empty():
            raise InvalidFrame(f"There is no registration of {', '.join(names)} in that folder.")
    return *parts, first.and_also(second)


def _score_row(train: Courses, test: Courses) -> list[str]:
    known, later = next_scores(train), next_scores(test)
    learned, judged = with_usual(known, known), with_usual(later, known)
    period = learned["course"].str.split("_").list.last()
    foreseen = ScoreModel(FIGURES).fit(learned, learned["score"].to_numpy(), period=period)
    both = pl.concat(
        [judged, foreseen.predict(judged).rename({"score": "foreseen"})], how="horizontal"
    )

    def error(column: str) -> str:
        return f"{100 * both.select((pl.col(column) - pl.col('score')).abs().mean()).item():.2f}"

    held = both.select(pl.col("score").is_between("lower", "upper").mean()).item()
    errors = [error(column) for column in ("foreseen", "last_score", "mean_score")]
    return [f"{len(both):,}", *errors, f"{100 * held:.1f} %"]


def _frames(folder: Path) -> list[tuple[str, pl.DataFrame, pl.DataFrame]]:
    found = [
        (path.stem, event_frames.read(path)) for path in sorted(folder.glob("events_*.parquet"))
    ]
    clicks = folder / "moodle_la_events.parquet"
    if clicks.is_file():
        found.append((clicks.stem, event_frames.read_clicks(clicks)))
    worked = [(name, event_frames.work(events)) for name, events in found]
    frames = [(name, event_frames.daily(each), each) for name, each in worked]
    return [*frames, ("made-up learners", daily(2000, 364), work(400, 84))]


def _table(header: Sequence[str], rows: Iterator[list[str]] | list[list[str]]) -> None:
    print(f"| {' | '.join(header)} |")
    print(f"|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join([*row, *[''] * (len(header) - len(row))])} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
