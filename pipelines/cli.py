"""The `spool` command: what people do at a terminal.

Each command says what it did, or what is wrong and the cure.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from warehouse import logs
from warehouse.clock import utc_now
from warehouse.errors import SpoolError
from warehouse.settings import Settings, load_settings
from warehouse.store.database import open_store
from warehouse.tokens import Role, make_token

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
console = Console(stderr=True)


class ReportForm(StrEnum):
    """What reports are written as."""

    PDF = "pdf"
    CSV = "csv"
    JSON = "json"


@app.callback()
def with_logs() -> None:
    """Log to stderr as the settings say, whatever the command."""
    with said_plainly():
        settings = load_settings()
        logs.configure(settings.log_level, settings.log_format)


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn our own errors into two lines and exit code 1."""
    try:
        yield
    except SpoolError as error:
        # what an error says may repeat names of files and of their parts
        console.print(f"[bold red]{error.title}.[/] {escape(error.detail)}", highlight=False)
        if error.cure:
            console.print(escape(error.cure), highlight=False)
        raise typer.Exit(1) from error


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help=".parquet .csv .csv.gz .ndjson")],
    curriculum: Annotated[
        bool, typer.Option("--curriculum", help="The file is a curriculum (CSV).")
    ] = False,
    roster: Annotated[
        bool, typer.Option("--roster", help="OneRoster CSV 1.1 or 1.2, a folder or a ZIP.")
    ] = False,
) -> None:
    """Load events, a curriculum, or a roster, through the same validation as the API."""
    from pipelines.importing import (
        import_curriculum_file,
        import_event_files,
        import_roster_package,
    )

    with said_plainly():
        settings = load_settings()
        with open_store(settings) as store:
            if roster:
                import_roster_package(settings, store, files, console)
            elif curriculum:
                import_curriculum_file(store, files, console)
            elif not import_event_files(settings, store, files, console):
                raise typer.Exit(1)


@app.command()
def build(
    full: Annotated[bool, typer.Option("--full", help="Rebuild everything from the lake.")] = False,
    as_of: Annotated[str | None, typer.Option(help="Leave out what happened later.")] = None,
    known_at: Annotated[str | None, typer.Option(help="Leave out what was received later.")] = None,
) -> None:
    """Run the warehouse job here and print the snapshot id last."""
    from pipelines.running import run_warehouse_job

    with said_plainly():
        typer.echo(run_warehouse_job(load_settings(), full=full, as_of=as_of, known_at=known_at))


@app.command()
def train(
    seed: Annotated[int, typer.Option(help="Fixes which students are taken, and all chance.")] = 0,
    most_events: Annotated[
        int | None, typer.Option(min=1, help="Take students until they have so many events.")
    ] = None,
    most_tries: Annotated[
        int | None, typer.Option(min=1, help="Of these, no more teach the model of mastery.")
    ] = None,
) -> None:
    """Run the training job here: challengers learn, and those that pass the gate are used."""
    from pipelines.running import run_training_job

    with said_plainly():
        told = run_training_job(
            load_settings(), seed=seed, most_events=most_events, most_tries=most_tries
        )
        typer.echo("\n".join(told))


@app.command()
def notify(
    watch: Annotated[bool, typer.Option("--watch", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Send the notifications that are due, by mail, push and webhook."""
    from pipelines.notifying.assembly import send_once, watch_and_send
    from pipelines.running import with_secret

    with said_plainly():
        settings = with_secret(load_settings())
        if watch:
            watch_and_send(settings)
        else:
            typer.echo(send_once(settings).in_words())


@app.command()
def report(
    students: Annotated[list[str] | None, typer.Argument(help="Ids of students.")] = None,
    class_id: Annotated[str | None, typer.Option("--class", help="All of a class.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="The first day.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="The day after the last.")] = None,
    form: Annotated[ReportForm, typer.Option("--format")] = ReportForm.PDF,
    language: Annotated[str, typer.Option(help="Of the words.")] = "en",
    out: Annotated[Path, typer.Option(help="The file; its ending follows from --format.")] = Path(
        "progress-reports"
    ),
) -> None:
    """Write progress reports into one file: a PDF or a ZIP of them, a CSV, or JSON lines."""
    from pipelines.reporting import Order, days, named_students, write_reports

    with said_plainly():
        settings = load_settings()
        with open_store(settings) as store:
            named = named_students(store, students or [], class_id)
            order = Order(named, days(start, end), form.value, language)
            typer.echo(write_reports(settings, store, order, out, console))


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8004, host: str = "127.0.0.1"
) -> None:
    """Serve the API alone."""
    from pipelines.running import serve_api

    with said_plainly():
        serve_api(load_settings(), host, port)


@app.command()
def up(
    sample: Annotated[
        bool, typer.Option("--sample", help="Fill an empty home with the sample school.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8004,
    dagster_port: Annotated[int, typer.Option(min=1, max=65535)] = 3000,
) -> None:
    """Serve the API, the Dagster UI and its daemon until Ctrl-C."""
    from pipelines.running import run_everything

    with said_plainly():
        raise typer.Exit(
            run_everything(load_settings(), sample=sample, port=port, dagster_port=dagster_port)
        )


@app.command()
def sample(
    students: Annotated[int, typer.Option(min=1, max=100_000)] = 120,
    days: Annotated[int, typer.Option(min=1, max=3_650)] = 120,
    seed: int = 7,
) -> None:
    """Make a believable school and import it."""
    from pipelines.running import load_sample_school

    with said_plainly():
        load_sample_school(load_settings(), console, students=students, days=days, seed=seed)


@app.command()
def token(
    role: Annotated[Role, typer.Option(help="What the bearer is.")],
    sub: Annotated[str, typer.Option(help="Whose token it is: the student's or person's id.")],
    hours: Annotated[float, typer.Option(min=0.01, max=24 * 366)] = 12,
) -> None:
    """Print a JWT signed with JWT_SECRET."""
    from pipelines.running import with_secret

    with said_plainly():
        settings: Settings = with_secret(load_settings())
        typer.echo(make_token(settings, role, sub, timedelta(hours=hours), now=utc_now()))


@app.command()
def doctor() -> None:
    """Say what is wrong with this installation and how to mend it."""
    from pipelines.doctor import examine

    with said_plainly():
        findings = examine(load_settings(), utc_now())
        for finding in findings:
            mark = "[green]ok[/]" if finding.ok else "[bold red]wrong[/]"
            console.print(f"{mark} {escape(finding.what)}", highlight=False)
            if not finding.ok:
                console.print(f"      {escape(finding.cure)}", highlight=False)
        if not all(finding.ok for finding in findings):
            raise typer.Exit(1)
