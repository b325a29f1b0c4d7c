"""The application, assembled once: `create_app` for servers and tests, `run` for commands."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from functools import cache, partial
from importlib.metadata import version
from socket import socket
from typing import cast

import pyarrow as pa
import uvicorn
from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI
from fastapi.routing import iter_route_contexts

from api import errors
from api.addresses import Proxies
from api.auth import Authenticator
from api.bars import Bars
from api.budgets import Limiter
from api.caching import MB, AnswerCache
from api.contract import document
from api.dependencies import Services, authorise
from api.exporter import Exporter
from api.headers import SecurityHeaders
from api.imports import Imports
from api.metrics import Metrics
from api.news import News
from api.pages import admin as admin_pages
from api.pages import educator as educator_pages
from api.pages import entrance, events, mail, reference, student_forms, support_forms
from api.pages import notices as notice_pages
from api.pages import parent as parent_pages
from api.pages import reports as report_pages
from api.pages import student as student_pages
from api.pages.problems import page_for
from api.paths import EncodedSlashes
from api.policy import check_routes
from api.provider import Provider
from api.routes import (
    analytics,
    audit,
    badges,
    breaks,
    calendars,
    class_reports,
    dashboards,
    delivery,
    exports,
    gamification,
    goals,
    health,
    interventions,
    leaderboard,
    monitoring,
    notifications,
    progress,
    reports,
    scheduled_reports,
    session,
    static,
    students,
    tracking,
    verifying,
    weekly,
)
from api.sessions import Csrf
from api.state import StateCollector
from api.watch import Watch
from reports.dashboards.reading import OF_STUDENTS
from reports.definitions import definitions
from reports.press import Press
from reports.rephrasing import Rephraser
from warehouse import logs
from warehouse.ahead import ReadAhead
from warehouse.clock import Clock, utc_now
from warehouse.metrics import load_metrics
from warehouse.reader import Reader
from warehouse.rules import load_rules
from warehouse.settings import Settings, load_settings
from warehouse.store.audit import AuditWriter
from warehouse.store.checkpoints import Checkpoints
from warehouse.store.database import open_store
from warehouse.store.ingest import Commit, Ingest
from warehouse.tokens import signing_secret

DISTRIBUTION = "spool-progress"
AREAS = (
    tracking,
    progress,
    gamification,
    badges,
    verifying,
    analytics,
    reports,
    class_reports,
    scheduled_reports,
    weekly,
    exports,
    leaderboard,
    goals,
    breaks,
    calendars,
    students,
    audit,
    session,
    dashboards,
    interventions,
    delivery,
    notifications,
    health,
    monitoring,
    static,
    entrance,
    events,
    mail,
    reference,
    student_pages,
    report_pages,
    student_forms,
    notice_pages,
    parent_pages,
    educator_pages,
    support_forms,
    admin_pages,
)
# Threads that wait for the interpreter's lock slow each other down: on 2 cores 4 threads answer
# 1,900 kept answers a second, the usual 40 only 1,000, and p99 is a quarter.
READING_THREADS = max(4, 2 * (os.cpu_count() or 1))
# Objects of one request die with it. Looking for circles after each 700 of them, as Python does by
# itself, took a quarter of the time of tracking.
NEW_OBJECTS_A_COLLECTION = 10_000
# Who waits for the interpreter gets it after 1 ms, not after 5: what is written while an answer is
# made (the audit log) needs it some ten times for a moment.
SECONDS_A_TURN = 0.001


def create_app(settings: Settings | None = None, *, clock: Clock = utc_now) -> FastAPI:
    """The application for these settings (default: the environment's); it opens nothing yet."""
    settings = settings or load_settings()
    app = FastAPI(
        title="Spool Progress",
        version=version(DISTRIBUTION),
        # FastAPI's documentation pages load scripts from elsewhere; ours is pages/reference.py.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(authorise)],
        generate_unique_id_function=lambda route: route.name,
        lifespan=_lifespan(settings, clock),
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    secret, metrics = signing_secret(settings), Metrics()
    app.state.settings, app.state.metrics = settings, metrics
    app.state.limiter = Limiter(settings.rate_limits, utc_now)
    provider = Provider(settings, utc_now) if settings.jwks_url else None
    app.state.authenticator = Authenticator(secret, utc_now, provider)
    app.state.csrf = Csrf(secret)
    for area in AREAS:
        app.include_router(area.router)
    errors.install(app, page_for)
    app.add_middleware(EncodedSlashes)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(
        Watch,
        metrics=metrics,
        pseudonyms=logs.Pseudonyms(secret),
        proxies=Proxies(settings.trusted_proxies),
    )
    check_routes(route.name or "" for route in iter_route_contexts(app.routes))
    app.openapi = cache(partial(document, app))  # type: ignore[method-assign]  # FastAPI's way
    return app


def _lifespan(
    settings: Settings, clock: Clock
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = READING_THREADS
        with ExitStack() as stack:
            _share_counts(app, settings, stack)
            app.state.services = _open(settings, clock, app.state.metrics, stack)
            app.state.news = News(partial(events.look, app.state.services.reader))
            stack.callback(app.state.news.close)
            yield

    return lifespan


def _open(settings: Settings, clock: Clock, metrics: Metrics, stack: ExitStack) -> Services:
    """Open what the routes need; the stack closes it in the opposite order."""
    store = open_store(settings, clock=clock)
    stack.callback(store.close)
    stack.callback(Checkpoints(store.engine).close)
    ingest = Ingest(store, settings, clock, partial(_committed, metrics, logs.get_logger()))
    stack.callback(ingest.close)
    rules = load_rules(settings.rules)
    reader = Reader(settings, store, clock=clock, rules=rules)
    stack.callback(reader.close)
    if settings.read_ahead:
        stack.callback(ReadAhead(reader, ("student_progress", *OF_STUDENTS)).close)
    state = StateCollector(store, reader, clock)
    metrics.include(state)
    stack.callback(metrics.leave_out, state)
    press, exporter = Press(), Exporter(settings, store.exports)
    stack.callback(press.close)
    if settings.read_ahead:
        press.get_ready()
    exporter.look_after()
    imports = Imports(store, settings.default_timezone, clock)
    stack.callback(imports.close)
    writer = AuditWriter(store.audit)
    stack.callback(writer.close)
    declared = load_metrics(reader.catalog)
    return Services(
        settings, store, ingest, reader, rules, clock, writer, Bars(store.people),
        declared, definitions(reader.catalog, declared), press, exporter,
        imports, _rephraser(settings, stack), AnswerCache(settings.answers_mb * MB),
    )  # fmt: skip


def _rephraser(settings: Settings, stack: ExitStack) -> Rephraser | None:
    if settings.insights_llm_url is None or settings.insights_llm_model is None:
        return None
    key = settings.insights_llm_key
    secret = key.get_secret_value() if key else None
    rephraser = Rephraser(settings.insights_llm_url, settings.insights_llm_model, secret)
    stack.callback(rephraser.close)
    return rephraser


def _share_counts(app: FastAPI, settings: Settings, stack: ExitStack) -> None:
    """Exchange counts with the other API processes where there is a Redis for it."""
    if settings.redis_url is not None:
        from api.sharing import SharedCounts

        pseudonyms = logs.Pseudonyms(signing_secret(settings))
        counts, shared = app.state.limiter.counts, app.state.metrics.shared
        stack.enter_context(SharedCounts(settings.redis_url, counts, utc_now, pseudonyms, shared))


def _committed(metrics: Metrics, log: logs.Log, commit: Commit) -> None:
    """Tell metrics and log of a group of events that became durable, or failed to."""
    metrics.commit(commit)
    log.info(
        "progress_events",
        requests=len(commit.sizes),
        seconds=round(commit.seconds, 6),
        failed=commit.failed,
        **commit.outcomes,
    )


def run(settings: Settings, host: str = "127.0.0.1", port: int = 8004) -> None:
    """Serve until interrupted. No access log: addresses hold the ids of students."""
    logs.configure(settings.log_level, settings.log_format)
    app = create_app(settings)
    app.openapi()  # takes longer than a request may
    prepare_process()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    _Server(config).run()


class _Server(uvicorn.Server):
    """Ends the streams of pages first, for which a server that stops would wait in vain."""

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        cast(FastAPI, self.config.app).state.news.close()
        await super().shutdown(sockets)


def prepare_process() -> None:
    """What a server sets for all of its process, once everything is made that stays for good.

    Each full walk of the garbage collector over what the start made, 260,000 objects, stopped all
    requests for 60 to 300 ms. Arrow's own allocator now and then takes 25 ms for a few pages.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_A_COLLECTION)
    sys.setswitchinterval(SECONDS_A_TURN)
    pa.set_memory_pool(pa.system_memory_pool())
