"""`python -m api --host … --port …`: the API alone; settings come from the environment."""

from __future__ import annotations

import argparse

from api.main import run
from warehouse.settings import load_settings

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m api", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8004)
    given = parser.parse_args()
    run(load_settings(), given.host, given.port)
