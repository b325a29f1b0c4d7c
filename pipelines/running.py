"""Running things: the warehouse job in this process, the API alone, or everything until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress

from pipelines.notifying.channels import enabled_channels
from warehouse.clock import utc_now
from warehouse.durable import make_directory
from warehouse.errors import BuildFailed, InvalidSettings
from warehouse.settings import Settings
from warehouse.snapshot import Snapshots
from warehouse.store.database import open_store

ROOT = Path(__file__).resolve().parent.parent
SECRET_FILE = "jwt_secret"  # noqa: S105  # a name, not a secret
GRACE_SECONDS = 15
SAMPLE_TRIES = "12000"  # a third of the sample school's: the start need not wait for the rest


def with_secret(settings: Settings, *, make: bool = False) -> Settings:
    """Settings with JWT_SECRET, else the one kept in SPOOL_HOME, else (if `make`) a new random one.

    Raises:
        InvalidSettings: there is none and none is to be made.
    """
    if settings.jwt_secret is not None:
        return settings
    file = settings.home / SECRET_FILE
    if make and not file.exists():
        make_directory(settings.home)
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    if not file.exists():
        raise InvalidSettings(
            "JWT_SECRET is not set.",
            cure="Set it to at least 32 random bytes; `make run` makes one by itself.",
            field="JWT_SECRET",
        )
    secret = SecretStr(file.read_text(encoding="utf-8").strip())
    return settings.model_copy(update={"jwt_secret": secret})


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which our processes share home, secret and Dagster storage."""
    make_directory(settings.dagster_dir)
    secret = settings.jwt_secret.get_secret_value() if settings.jwt_secret else ""
    return {
        **os.environ,
        "SPOOL_HOME": str(settings.home),
        "JWT_SECRET": secret,
        "DAGSTER_HOME": str(ROOT),
        "SPOOL_DAGSTER_DIR": str(settings.dagster_dir),
        "DO_NOT_TRACK": "1",
    }


def run_warehouse_job(
    settings: Settings, *, full: bool = False, as_of: str | None = None, known_at: str | None = None
) -> str:
    """Run the Dagster job in this process, with its events in the same history as the UI's.

    Raises:
        BuildFailed: a step failed; the message is that of the error behind it.
    """
    os.environ.update(environment(settings))
    import dagster as dg  # three seconds: only those who build pay

    from pipelines.definitions import defs

    config = {"full": full, "as_of": as_of or "", "known_at": known_at or ""}
    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def("warehouse").execute_in_process(
            run_config={"resources": {"warehouse": {"config": config}}},
            instance=instance,
            raise_on_error=False,
        )
        if result.success:
            for event in result.get_asset_materialization_events():
                if event.asset_key == dg.AssetKey(["meta", "snapshot"]):
                    return str(event.materialization.metadata["snapshot_id"].value)
        raise BuildFailed(_first_failure(result), cure="The last good snapshot stays current.")


def run_training_job(
    settings: Settings, *, seed: int, most_events: int | None, most_tries: int | None
) -> list[str]:
    """Run the Dagster job `training` in this process; returns a line for each kind of model.

    Raises:
        BuildFailed: a step failed; the message is that of the error behind it.
    """
    os.environ.update(environment(settings))
    import dagster as dg

    from pipelines.definitions import defs

    bounds = {"most_events": most_events, "most_tries": most_tries}
    config = {"seed": seed, **{name: most for name, most in bounds.items() if most}}
    with dg.DagsterInstance.get() as instance:
        result = defs.resolve_job_def("training").execute_in_process(
            run_config={"resources": {"trainer": {"config": config}}},
            instance=instance,
            raise_on_error=False,
        )
    if not result.success:
        raise BuildFailed(_first_failure(result), cure="The models in use stay in use.")
    return [
        f"{event.asset_key.path[1]}: {event.materialization.metadata['in_use'].value} in use;"
        f" {event.materialization.metadata['reason'].value}"
        for event in result.get_asset_materialization_events()
        if event.asset_key and event.asset_key.path[0] == "models"
    ]


def _first_failure(result: object) -> str:
    for event in result.all_events:  # type: ignore[attr-defined]  # ExecuteInProcessResult
        data = event.event_specific_data
        error = getattr(data, "error", None)
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None:
            return str(error.message).strip().splitlines()[0]
    return "The run failed without saying why."


def serve_api(settings: Settings, host: str, port: int) -> None:
    """Become the API process."""
    env = environment(with_secret(settings))
    args = [sys.executable, "-m", "api", "--host", host, "--port", str(port)]
    os.execve(sys.executable, args, env)


def load_sample_school(
    settings: Settings, console: Console, *, students: int = 120, days: int = 120, seed: int = 7
) -> None:
    """Invent a school up to now and import it."""
    from pipelines.sample.load import load_sample

    with open_store(settings) as store, Progress(console=console) as progress:
        bar = progress.add_task("sample school", total=students)
        report = load_sample(
            settings,
            store,
            students=students,
            days=days,
            seed=seed,
            until=utc_now(),
            progress=lambda done, total: progress.update(bar, completed=done, total=total),
        )
    console.print(report, highlight=False)


def run_everything(settings: Settings, *, sample: bool, port: int, dagster_port: int) -> int:
    """Start API, Dagster UI and daemon, and end them together; returns the exit code."""
    _hear_signals()
    ready = with_secret(settings, make=True)
    console = Console(stderr=True)
    # the doors of the sample school open only for people that were invented here
    env = environment(ready) | {"SPOOL_SAMPLE": "true" if sample else "false"}
    if sample and Snapshots(ready.snapshots_dir).current() is None:
        load_sample_school(ready, console)
        # The first build is what models learn from, the second shows what they foresee.
        for step in (["build"], ["train", "--most-tries", SAMPLE_TRIES], ["build"]):
            subprocess.run([sys.executable, "-m", "pipelines", *step], env=env, check=True)
    _fail_runs_of_the_past(env)
    processes = {
        name: subprocess.Popen(command, env=env, start_new_session=True)
        for name, command in _commands(ready, port, dagster_port).items()
    }
    console.print(
        f"API and pages  http://localhost:{port}\nDagster UI     http://localhost:{dagster_port}\n"
        "Ctrl-C ends both.",
        highlight=False,
    )
    return _wait(processes, console)


def _commands(settings: Settings, port: int, dagster_port: int) -> Mapping[str, list[str]]:
    workspace = ["-w", str(ROOT / "workspace.yaml")]
    ui = ["dagster_webserver", "-h", "127.0.0.1", "-p", str(dagster_port), *workspace]
    sender = {"Sender": [sys.executable, "-m", "pipelines", "notify", "--watch"]}
    return {
        **(sender if enabled_channels(settings) else {}),
        "API": [sys.executable, "-m", "api", "--port", str(port)],
        "Dagster UI": [sys.executable, "-m", *ui],
        "Dagster daemon": [sys.executable, "-m", "dagster._daemon", "run", *workspace],
    }


def _fail_runs_of_the_past(env: Mapping[str, str]) -> None:
    """A run whose process died with the machine would stay STARTED and block the next ones."""
    os.environ.update(env)
    import dagster as dg

    unfinished = [
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.CANCELING,
    ]
    with dg.DagsterInstance.get() as instance:
        for run in instance.get_runs(dg.RunsFilter(statuses=unfinished)):
            instance.report_run_failed(run, "Its process was gone when Spool Progress started.")


def _hear_signals() -> None:
    """SIGTERM ends as Ctrl-C does, and Ctrl-C also what a shell started in the background.

    Such a program inherits SIGINT as ignored, and Python then leaves it so.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _wait(processes: Mapping[str, subprocess.Popen[bytes]], console: Console) -> int:
    """Until Ctrl-C, SIGTERM, or one of the processes ends, which ends all."""
    code = 0
    try:
        while all(process.poll() is None for process in processes.values()):
            time.sleep(0.3)
        for name, process in processes.items():
            if process.returncode is not None:
                console.print(f"[bold red]{name} ended with code {process.returncode}.[/]")
                code = 1
    except KeyboardInterrupt:
        console.print("Ending.")
    finally:
        _end(processes)
    return code


def _end(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
