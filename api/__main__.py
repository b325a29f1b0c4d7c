"""`python -m api`: the server as a process of its own, with the settings of the environment."""

from __future__ import annotations

import argparse
import sys

from api.main import run
from warehouse.errors import SpoolError
from warehouse.settings import load_settings


def main() -> int:
    """Serve until interrupted; a wrong setting ends it with a sentence, not with a traceback."""
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8004)
    arguments = parser.parse_args()
    try:
        run(load_settings(), arguments.host, arguments.port)
    except SpoolError as error:
        sys.stderr.write(f"{error.title}. {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
