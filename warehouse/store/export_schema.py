"""The table of exports: what was asked for, how far it is, where its file lies."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text

from warehouse.store.schema import METADATA, Instant

EXPORTS = Table(
    "exports",
    METADATA,
    Column("export_id", String(36), primary_key=True),
    Column("requested_by", String(128), nullable=False),
    Column("requested_role", String(16), nullable=False, comment="whose words it has"),
    Column("form", String(8), nullable=False, comment="pdf, csv or json"),
    Column("language", String(35), nullable=False),
    Column("foresees", Integer, nullable=False, comment="1: with predictions"),
    Column("first_day", Date),
    Column("end_day", Date),
    Column("student_ids", Text, nullable=False, comment="a JSON list, in the order of the file"),
    Column("total", Integer, nullable=False, comment="how many students"),
    Column("done", Integer, nullable=False, comment="how many are ready"),
    Column(
        "state", String(16), nullable=False, comment="waiting, running, done, failed, cancelled"
    ),
    Column("worker", String(64), comment="who is at it"),
    Column("seen_at", Instant, comment="when that one last said so"),
    Column("attempts", Integer, nullable=False, comment="how often it was begun"),
    Column("file_bytes", BigInteger, comment="size of the finished file"),
    Column("problem", Text, comment="why it failed"),
    Column("requested_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
Index(None, EXPORTS.c.state, EXPORTS.c.requested_at)
