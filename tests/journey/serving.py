"""API servers for `test_crash`, one for each line `PORT LOG` of the input (`forking.py`).

It is what `spool serve` becomes, without the seconds that it takes to become it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from api.main import run
from tests.journey.forking import each_in_a_fork
from warehouse.catalog import load_catalog
from warehouse.settings import load_settings


def serve(line: str) -> None:
    """Serve until killed; what the server prints goes to the log."""
    port, path = line.split(maxsplit=1)
    with Path(path).open("a", encoding="utf-8") as log:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(log.fileno(), stream.fileno())
    run(load_settings(), "127.0.0.1", int(port))


if __name__ == "__main__":
    load_catalog()  # once for all
    each_in_a_fork(serve)
