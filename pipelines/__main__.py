"""`python -m pipelines` is the `spool` command."""

from __future__ import annotations

from pipelines.cli import app

if __name__ == "__main__":
    app(prog_name="spool")
