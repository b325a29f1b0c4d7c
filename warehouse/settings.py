"""What the environment decides: where things lie, which services exist, and their limits.

Read once by whoever assembles a program and handed down; nothing reads the environment elsewhere.
"""

from __future__ import annotations

import re
from base64 import b64decode
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from warehouse.errors import InvalidEvent, InvalidSettings
from warehouse.zones import zone_info

JWT_SECRET_MINIMUM_BYTES = 32
WEBHOOK_SECRET_BYTES = (24, 64)
METRICS_TOKEN_MINIMUM = 16
AUDIENCE = {"educators", "parents", "students"}
RATE_LIMITED = ("reads", "writes", "tracking", "machines", "address", "failures")
_RATE_LIMIT = re.compile(
    rf"({'|'.join(RATE_LIMITED)})\s*=\s*(off|[1-9]\d{{0,8}}/(second|minute|hour))"
)


def _absolute(path: Path) -> Path:
    """A relative home would mean another place for every process that changes its directory."""
    return path.expanduser().absolute()


def _database_url(url: str) -> str:
    """PostgreSQL URLs get the driver we ship; hosting companies write `postgres://`."""
    scheme, _, rest = url.partition("://")
    if scheme in {"postgresql", "postgres"}:
        url = f"postgresql+psycopg://{rest}"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # What the parser says would show the password in a log.
        parsed = None
    if rest and parsed and parsed.drivername == "postgresql+psycopg":
        return url
    if parsed and parsed.drivername == "sqlite" and parsed.database not in {None, "", ":memory:"}:
        return url
    raise ValueError("it must look like postgresql://user:password@host/database or sqlite:///path")


def _service_url(url: str) -> str:
    if url.startswith(("http://", "https://")):
        return url
    raise ValueError("it must start with http:// or https://")


def _smtp_url(url: SecretStr) -> SecretStr:
    """What the parser says would show the password in a log."""
    problem = "it must look like smtp://user:password@host:587?starttls or smtps://host"
    try:
        parts = urlsplit(url.get_secret_value())
        known = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.path not in {"", "/"} or parts.query not in {"", "starttls"}:
        raise ValueError(problem)
    return url


def _mail_address(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if not address.isascii() or not re.fullmatch(r"[\w.+-]+", local):
        raise ValueError("it must be an address such as learning@school.example")
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", domain):
        raise ValueError("it must be an address such as learning@school.example")
    return address


def _webhook_secret(secret: SecretStr) -> SecretStr:
    """The Standard Webhooks scheme: whsec_ and the Base64 of 24 to 64 bytes."""
    prefix, _, key = secret.get_secret_value().partition("_")
    try:
        size = len(b64decode(key, validate=True))
    except ValueError:
        size = 0
    if prefix != "whsec" or not WEBHOOK_SECRET_BYTES[0] <= size <= WEBHOOK_SECRET_BYTES[1]:
        raise ValueError(
            "it must be whsec_ and the Base64 of 24 to 64 random bytes; make one with: "
            'python -c "import base64, secrets; '
            "print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""
        )
    return secret


def _hosts(hosts: str) -> str:
    for host in hosts.split(","):
        if host.strip() and not re.fullmatch(r"(\*\.)?[a-z0-9.-]+(:\d+)?", host.strip()):
            raise ValueError("it must be host names separated by commas, such as *.push.example")
    return hosts


def _redis_url(url: str) -> str:
    if url.startswith(("redis://", "rediss://", "unix://")):
        return url
    raise ValueError("it must start with redis://, rediss:// or unix://")


def _proxies(text: str) -> str:
    for network in filter(None, re.split(r"[,\s]+", text)):
        try:
            ip_network(network, strict=False)
        except ValueError as error:
            raise ValueError(
                "it must be addresses or networks such as 10.0.0.0/8, with commas between"
            ) from error
    return text


def _rate_limits(text: str) -> str:
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    if text.strip() == "off" or all(_RATE_LIMIT.fullmatch(entry) for entry in entries):
        return text
    raise ValueError(
        f"it must be `off`, or entries such as reads=1200/minute for {', '.join(RATE_LIMITED)}"
    )


def _metrics_token(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < METRICS_TOKEN_MINIMUM:
        raise ValueError(f"it is shorter than {METRICS_TOKEN_MINIMUM} characters")
    return secret


def _audience(text: str) -> str:
    shown_to = {part.strip() for part in text.split(",")}
    if shown_to == {"nobody"} or shown_to <= AUDIENCE:
        return text
    raise ValueError(f"it must be nobody, or some of {', '.join(sorted(AUDIENCE))} with commas")


def _secret(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode("utf-8", "surrogateescape")) < JWT_SECRET_MINIMUM_BYTES:
        raise ValueError(
            f"it is shorter than {JWT_SECRET_MINIMUM_BYTES} bytes; "
            'make one with: python -c "import secrets; print(secrets.token_hex(32))"'
        )
    return secret


def _zone(name: str) -> str:
    try:
        return zone_info(name).key
    except InvalidEvent as error:
        raise ValueError("it must be an IANA time zone such as Europe/Berlin or UTC") from error


class Settings(BaseSettings):
    """Every variable of the environment that we know, checked; see .env.example for meanings."""

    # Case matters, and the aliases are upper case: the field `home` must never be read from HOME.
    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_ignore_empty=True,
        env_file=".env",
        case_sensitive=True,
        alias_generator=str.upper,
        populate_by_name=True,
    )

    home: Annotated[Path, AfterValidator(_absolute)] = Field(
        Path("data"), alias="SPOOL_HOME", validate_default=True
    )
    rules: Path | None = Field(None, alias="SPOOL_RULES")
    database_url: Annotated[str, AfterValidator(_database_url)] | None = None
    redis_url: Annotated[str, AfterValidator(_redis_url)] | None = None
    jwt_secret: Annotated[SecretStr, AfterValidator(_secret)] | None = None
    notification_service_url: Annotated[str, AfterValidator(_service_url)] | None = None
    notification_service_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    email_enabled: bool = False
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp_url)] | None = None
    email_from: Annotated[str, AfterValidator(_mail_address)] | None = None
    public_url: Annotated[str, AfterValidator(_service_url)] = "http://localhost:8004"
    push_notifications_enabled: bool = False
    push_hosts: Annotated[str, AfterValidator(_hosts)] = ""
    analytics_retention_days: int = Field(730, ge=1, le=36_500)
    leaderboard_size: int = Field(100, ge=1, le=1_000)
    default_timezone: Annotated[str, AfterValidator(_zone)] = "UTC"

    jwks_url: Annotated[str, AfterValidator(_service_url)] | None = None
    jwks_issuer: str | None = None
    jwks_audience: str | None = None
    jwks_role_claim: str = "role"
    jwks_subject_claim: str = "sub"
    sample: bool = Field(default=False, alias="SPOOL_SAMPLE")

    predictions_shown_to: Annotated[str, AfterValidator(_audience)] = "educators"
    insights_llm_url: Annotated[str, AfterValidator(_service_url)] | None = None
    insights_llm_model: str | None = None
    insights_llm_key: SecretStr | None = None

    reports_kept_weeks: int = Field(12, ge=1, le=520)
    reports_language: Literal["en", "de"] = "en"

    read_ahead: bool = True
    pages_mb: int = Field(512, ge=16, le=65_536)
    answers_mb: int = Field(256, ge=16, le=65_536)
    export_worker: bool = True
    rate_limits: Annotated[str, AfterValidator(_rate_limits)] = ""
    trusted_proxies: Annotated[str, AfterValidator(_proxies)] = ""
    metrics_token: Annotated[SecretStr, AfterValidator(_metrics_token)] | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "text"] = "auto"

    @model_validator(mode="after")
    def _provider_is_named(self) -> Self:
        if self.jwks_url and not (self.jwks_issuer and self.jwks_audience):
            raise ValueError("JWKS_URL needs JWKS_ISSUER and JWKS_AUDIENCE, which tokens must name")
        return self

    @model_validator(mode="after")
    def _rephrasing_has_a_model(self) -> Self:
        if self.insights_llm_url and not self.insights_llm_model:
            raise ValueError(
                "INSIGHTS_LLM_URL needs INSIGHTS_LLM_MODEL, the model that it is to use"
            )
        return self

    @property
    def lake_dir(self) -> Path:
        return self.home / "lake"

    @property
    def snapshots_dir(self) -> Path:
        return self.home / "snapshots"

    @property
    def sources_dir(self) -> Path:
        return self.home / "sources"

    @property
    def exports_dir(self) -> Path:
        """Files that somebody asked for, until they expire."""
        return self.home / "exports"

    @property
    def reports_dir(self) -> Path:
        """Class reports that are made each week."""
        return self.home / "reports"

    @property
    def models_dir(self) -> Path:
        return self.home / "models"

    @property
    def dagster_dir(self) -> Path:
        return self.home / "dagster"

    @property
    def store_url(self) -> str:
        """Where the transactional store is: DATABASE_URL, else one SQLite file in the home."""
        return self.database_url or f"sqlite:///{self.home / 'store.db'}"


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment and `.env`, with overrides by field name winning."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        # a rule over several begins with the name of the first
        name = str(first["loc"][0]) if first["loc"] else first["msg"].split()[2]
        ours = {"home": "SPOOL_HOME", "rules": "SPOOL_RULES", "sample": "SPOOL_SAMPLE"}
        variable = ours.get(name.lower(), name.upper())
        problem = first["msg"].removeprefix("Value error, ")
        raise InvalidSettings(
            f"{variable} is wrong: {problem}.",
            cure=f"Set {variable} in the environment or in .env; .env.example shows each.",
            field=variable,
        ) from None
