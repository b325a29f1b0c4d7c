"""Settings: names of the environment, defaults, and a sentence for each wrong value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import SETTING_NAMES
from warehouse.errors import InvalidSettings
from warehouse.settings import load_settings


def test_defaults_run_on_one_machine_without_any_service(own_home):
    settings = load_settings()
    assert settings.home == own_home
    assert settings.store_url == f"sqlite:///{own_home}/store.db"
    assert settings.lake_dir == own_home / "lake"
    assert settings.default_timezone == "UTC"
    assert settings.jwt_secret is None


def test_the_environment_is_read_by_the_names_of_the_specification(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://me:secret@db.example/spool")
    monkeypatch.setenv("LEADERBOARD_SIZE", "25")
    monkeypatch.setenv("EMAIL_ENABLED", "true")
    settings = load_settings()
    assert settings.store_url == "postgresql+psycopg://me:secret@db.example/spool"
    assert settings.leaderboard_size == 25
    assert settings.email_enabled is True


def test_every_setting_has_the_name_that_env_example_promises():
    example = Path(__file__).parents[2] / ".env.example"
    shown = re.findall(r"^([A-Z_]+)=", example.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(SETTING_NAMES) == sorted(shown)
    assert set(SETTING_NAMES) >= {
        "SPOOL_HOME", "DATABASE_URL", "REDIS_URL", "JWT_SECRET", "NOTIFICATION_SERVICE_URL",
        "EMAIL_ENABLED", "PUSH_NOTIFICATIONS_ENABLED", "ANALYTICS_RETENTION_DAYS",
        "LEADERBOARD_SIZE", "DEFAULT_TIMEZONE",
    }  # fmt: skip


def test_the_user_s_home_is_not_taken_for_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "someone"))
    monkeypatch.delenv("SPOOL_HOME")
    assert load_settings().home.name == "data"


def test_a_relative_home_stays_where_it_was_when_the_directory_changes(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = load_settings(home="school")
    monkeypatch.chdir("/")
    assert settings.lake_dir == tmp_path / "school" / "lake"


def test_an_empty_variable_is_no_value(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "")
    assert load_settings().redis_url is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://localhost/spool"),
        ("DATABASE_URL", "postgresql://"),
        ("DATABASE_URL", "postgresql://me@host:port/spool"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("REDIS_URL", "localhost:6379"),
        ("JWT_SECRET", "short"),
        ("NOTIFICATION_SERVICE_URL", "ftp://example.org"),
        ("EMAIL_ENABLED", "perhaps"),
        ("ANALYTICS_RETENTION_DAYS", "0"),
        ("LEADERBOARD_SIZE", "many"),
        ("RATE_LIMITS", "reads=many"),
        ("RATE_LIMITS", "everything=5/minute"),
        ("RATE_LIMITS", "reads=0/minute"),
        ("TRUSTED_PROXIES", "the proxy"),
        ("METRICS_TOKEN", "short"),
        ("INSIGHTS_LLM_URL", "localhost:11434"),
        ("INSIGHTS_LLM_URL", "http://localhost:11434/v1"),  # without a model
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("DEFAULT_TIMEZONE", "Middle/Earth"),
        ("DEFAULT_TIMEZONE", "../../etc/passwd"),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence_that_names_it(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(InvalidSettings, match=f"^{name} is wrong") as refused:
        load_settings()
    assert refused.value.field == name
    assert ".env.example" in refused.value.cure


def test_no_message_shows_a_secret(monkeypatch):
    monkeypatch.setenv("JWT_SECRET", "hunter2")
    with pytest.raises(InvalidSettings) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)
    monkeypatch.setenv("JWT_SECRET", "x" * 32)
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hunter2@host:port/spool")
    with pytest.raises(InvalidSettings) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)
    assert "x" * 32 not in repr(load_settings(database_url=None))


def test_settings_do_not_change_under_those_who_hold_them(settings):
    with pytest.raises(ValueError, match="frozen"):
        settings.leaderboard_size = 5
