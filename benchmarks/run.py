"""All benchmarks on one world, one after the other: `make bench` (ARGS="--students 10000")."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile


def main() -> int:
    """Run each in a process of its own, so that memory is its own; returns the first failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=100_000)
    students = ["--students", str(parser.parse_args().students)]
    with tempfile.TemporaryDirectory(prefix="spool-bench-") as home:
        for name in ("builds", "answers", "http", "dashboards"):
            print(f"== {name}", flush=True)
            command = [sys.executable, "-m", f"benchmarks.{name}", "--home", home, *students]
            code = subprocess.run(command, check=False).returncode
            if code:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
