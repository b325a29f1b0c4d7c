"""The `spool` command as people meet it: what it prints and how it ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from tests.factories import received
from warehouse.build import run_build
from warehouse.lake import Lake
from warehouse.settings import Settings
from warehouse.store.database import open_store
from warehouse.tokens import read_token

SECRET = "a secret of this test, long enough for HS256"


def spool(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("JWT_SECRET", SECRET)
    return SECRET


def test_a_token_names_role_and_bearer(secret: str):
    result = spool("token", "--role", "student", "--sub", "ada")
    claims = read_token(secret, result.stdout.strip())
    assert (result.exit_code, claims.role, claims.subject) == (0, "student", "ada")


def test_a_token_needs_a_secret():
    result = spool("token", "--role", "student", "--sub", "ada")
    assert result.exit_code == 1
    assert "JWT_SECRET is not set" in result.stderr


@pytest.mark.parametrize(
    ("variable", "value"), [("DEFAULT_TIMEZONE", "Mars/Base"), ("JWT_SECRET", "short")]
)
def test_a_wrong_setting_stops_with_its_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
):
    monkeypatch.setenv(variable, value)
    result = spool("token", "--role", "student", "--sub", "ada")
    assert result.exit_code == 1
    assert variable in result.stderr


def test_an_import_says_what_became_of_each_row(tmp_path: Path):
    file = tmp_path / "events.csv"
    file.write_text(
        "event_id,student_id,concept_id,event_type,score,occurred_at\n"
        "e1,ada,fractions,attempted,0.5,2026-03-01T10:00:00Z\n"
        "e2,ada,fractions,attempted,7,2026-03-01T10:01:00Z\n"
    )
    result = spool("import", str(file))
    assert result.exit_code == 1
    assert "1 accepted, 0 duplicate, 1 rejected" in result.stdout
    assert "score" in Path(f"{file}.rejects.csv").read_text()
    assert "0 accepted, 1 duplicate, 1 rejected" in spool("import", str(file)).stdout


def test_doctor_names_what_is_missing_and_the_cure(secret: str):
    result = spool("doctor")
    assert result.exit_code == 1
    assert "there is no snapshot yet" in result.stderr
    assert "spool build" in result.stderr


def test_training_without_anything_to_learn_from_says_what_to_do(secret: str):
    result = spool("train")
    assert result.exit_code == 1
    assert "There is no snapshot to learn from" in result.stderr
    assert "The models in use stay in use." in result.stderr
    # that there is no model yet is no fault of the installation
    said = spool("doctor").stderr
    assert "ok model mastery: none yet; `spool train` makes one from 500 scored tries" in said


def test_doctor_finds_a_lost_history_file(secret: str, settings: Settings):
    Lake(settings.lake_dir).write("received_date=2026-03-01/one", [received("ada")])
    with open_store(settings) as store:
        run_build(settings, store, now=datetime.now(UTC))
    assert spool("doctor").exit_code == 0
    next((settings.snapshots_dir / "history").glob("*/part-*")).unlink()
    result = spool("doctor")
    assert result.exit_code == 1
    assert "spool build --full" in result.stderr


def test_doctor_names_what_a_channel_lacks(secret: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EMAIL_ENABLED", "true")
    monkeypatch.setenv("SMTP_URL", "smtp://mail.example.com")
    monkeypatch.setenv("NOTIFICATION_SERVICE_URL", "https://school.example/hook")
    said = spool("doctor").stderr
    assert "EMAIL_ENABLED is on, but EMAIL_FROM is not set" in said
    assert "NOTIFICATION_SERVICE_SECRET is not" in said
    monkeypatch.setenv("EMAIL_FROM", "learning@school.example")
    assert "Set PUBLIC_URL" in spool("doctor").stderr
    monkeypatch.setenv("PUBLIC_URL", "https://learning.school.example")
    said = spool("doctor").stderr
    assert "ok notifications go out by email" in said
    assert "ok 0 notifications should have been sent" in said


def test_notify_needs_what_its_channels_need_and_sends_nothing_without_one(
    secret: str, monkeypatch: pytest.MonkeyPatch
):
    assert spool("notify").stdout.strip() == "0 new messages; nothing sent"
    monkeypatch.setenv("EMAIL_ENABLED", "true")
    result = spool("notify")
    assert result.exit_code == 1
    assert "SMTP_URL" in result.stderr
