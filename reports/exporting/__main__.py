"""`python -m reports.exporting`: makes the exports that wait, then ends; `--watch` goes on."""

from __future__ import annotations

import argparse
import os
import time
from contextlib import ExitStack

from reports.exporting.worker import Worker
from reports.press import Press
from warehouse import logs
from warehouse.reader import Reader
from warehouse.settings import load_settings
from warehouse.store.database import open_store

NICE = 10
PAUSE_SECONDS = 0.5
LINGERS = 120  # pauses: who asks for one export soon asks for another


def main() -> None:
    """Work until nothing has come for a minute, or for ever."""
    parser = argparse.ArgumentParser(prog="python -m reports.exporting", description=__doc__)
    parser.add_argument("--watch", action="store_true", help="go on until the process is ended")
    watch: bool = parser.parse_args().watch
    settings = load_settings()
    logs.configure(settings.log_level, settings.log_format)
    os.nice(NICE)
    with ExitStack() as stack:
        store = stack.enter_context(open_store(settings))
        reader = Reader(settings, store)
        stack.callback(reader.close)
        press = Press(processes=max(1, os.cpu_count() or 1))
        stack.callback(press.close)
        worker, idle = Worker(reader, press), 0
        while watch or idle < LINGERS:
            idle = 0 if worker.drain() else idle + 1
            time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
