"""How well the mastery model predicts, beside simpler ways, on files of tries.

`make bench-models DATA=folder` runs five folds of students on every file of tries in a folder;
`make bench-models TRAIN=a.parquet TEST=b.parquet` learns from one file and tests on another.
A table in Markdown goes to standard output, progress to standard error.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.baselines import Predictor, baselines
from models.errors import InvalidFrame, NotEnoughExamples
from models.evaluation import scores
from models.mastery import MasteryModel
from models.tries import SUFFICIENT_SCORE

NEEDED = ("student_id", "concept_id", "item_id", "seq", "started_at", "score", "time_spent_s")
FOLDS = 5
HEAD = (
    "| file | model | AUC | log loss | Brier | ECE | fit s | fit CPU s | rows/s |\n"
    + "|---" * 9
    + "|"
)


class WrongFile(Exception):
    """A file or folder that cannot be measured."""


class Mastery:
    """The model under test: it learns from rows, and is asked each row as of its own time."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, tries: pl.DataFrame) -> Mastery:
        self.model = MasteryModel.fit(tries, seed=self.seed)
        return self

    def predict(self, tries: pl.DataFrame) -> np.ndarray:
        asked = tries.with_columns(score=pl.lit(None, pl.Float64))
        return self.model.predict(pl.concat([tries, asked]))["probability"].to_numpy()


def read(path: Path) -> pl.DataFrame:
    """The tries of a file in the models' shape, ordered by student and time."""
    if not path.is_file():
        raise WrongFile(f"{path} is no file.")
    try:
        columns = pl.read_parquet_schema(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise WrongFile(f"{path} is no Parquet file: {error}") from error
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise WrongFile(
            f"{path} is no file of tries: it lacks {', '.join(missing)}; "
            f"it needs {', '.join(NEEDED)}."
        )
    tries = pl.read_parquet(path, columns=list(NEEDED)).filter(pl.col("score").is_not_null())
    if not tries.height:
        raise WrongFile(f"{path} holds no try with a score.")
    return tries.select(
        "student_id",
        "concept_id",
        "item_id",
        pl.col("seq").cast(pl.Int64).alias("place"),
        pl.col("started_at").cast(pl.Datetime("us", "UTC")),
        pl.col("time_spent_s").cast(pl.Float64).alias("time_spent"),
        (pl.col("score") >= SUFFICIENT_SCORE).cast(pl.Float64).alias("score"),
    ).sort("student_id", "place")


def attempt_files(folder: Path) -> list[Path]:
    """The files of a folder that have the columns of tries, whatever they are called."""
    if not folder.is_dir():
        raise WrongFile(f"{folder} is no folder; say DATA=<folder with files of tries>.")
    files = [
        path
        for path in sorted(folder.glob("*.parquet"))
        if set(NEEDED) <= set(pl.read_parquet_schema(path))
    ]
    if not files:
        raise WrongFile(f"No file in {folder} has the columns {', '.join(NEEDED)}.")
    return files


def splits(tries: pl.DataFrame, seed: int) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Five times: the students to learn from, and the others."""
    students = tries["student_id"].unique().sort()
    fold = np.random.default_rng(seed).permutation(len(students)) % FOLDS
    folds = tries.join(
        pl.DataFrame({"student_id": students, "fold": fold}),
        on="student_id",
        maintain_order="left",
    )
    for part in range(FOLDS):
        chosen = pl.col("fold") == part
        yield folds.filter(~chosen).drop("fold"), folds.filter(chosen).drop("fold")


def measured(name: str, pairs: list[tuple[pl.DataFrame, pl.DataFrame]], args) -> Iterator[str]:
    """One line of the table per model."""
    for model in (*baselines(), "mastery"):
        if args.only and model not in args.only:
            continue
        print(f"{name}: {model}", file=sys.stderr, flush=True)
        yield _line(name, model, pairs, args.seed)


def _line(name: str, model: str, pairs, seed: int) -> str:
    fit_s = fit_cpu_s = score_s = 0.0
    right, said = [], []
    for train, test in pairs:
        fresh: Predictor = baselines().get(model) or Mastery(seed)
        started, cpu = time.perf_counter(), time.process_time()
        fresh.fit(train)
        fitted = time.perf_counter()
        fit_cpu_s += time.process_time() - cpu
        said.append(fresh.predict(test))
        score_s += time.perf_counter() - fitted
        fit_s += fitted - started
        right.append(test["score"].to_numpy())
    got = scores(np.concatenate(right), np.clip(np.concatenate(said), 0, 1))
    figures = f"{got.auc:.4f} | {got.log_loss:.4f} | {got.brier:.4f} | {got.calibration_error:.4f}"
    speed = f"{fit_s / len(pairs):.1f} | {fit_cpu_s / len(pairs):.1f} | {got.count / score_s:,.0f}"
    return f"| {name} | {model} | {figures} | {speed} |"


def _pairs(args) -> Iterator[tuple[str, list[tuple[pl.DataFrame, pl.DataFrame]]]]:
    if args.train or args.test:
        if not (args.train and args.test):
            raise WrongFile("TRAIN and TEST belong together: give both files.")
        yield f"{args.train.stem} → {args.test.stem}", [(read(args.train), read(args.test))]
        return
    for path in attempt_files(args.data):
        pairs = list(splits(read(path), args.seed))
        yield path.stem, pairs[: args.folds]


def main() -> int:
    """Print the table; 2 where a file cannot be measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--train", type=Path)
    parser.add_argument("--test", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folds", type=int, default=FOLDS, help="run only the first folds")
    parser.add_argument("--only", action="append", help="run only this model (repeatable)")
    args = parser.parse_args()
    try:
        for index, (name, pairs) in enumerate(_pairs(args)):
            if not index:
                print(HEAD, flush=True)
            for line in measured(name, pairs, args):
                print(line, flush=True)
    except (WrongFile, InvalidFrame, NotEnoughExamples) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
