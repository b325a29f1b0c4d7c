"""The tables of the audit log: rows, each sealed with the one before, and the seal of the end."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from warehouse.store.schema import METADATA, Instant

AUDIT = Table(
    "audit",
    METADATA,
    Column(
        "seq",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
        comment="1, 2, 3 … without a gap",
    ),
    Column("at", Instant, nullable=False),
    Column("actor", String(128), nullable=False, comment="who looked or wrote"),
    Column("role", String(16), nullable=False, comment="as what"),
    Column("operation", String(64), nullable=False),
    Column("student_id", String(128), nullable=False, comment="whose record"),
    Column("purpose", Text, comment="why, in the words of who asked"),
    Column("request_id", String(64)),
    Column("seal", String(64), nullable=False, comment="keyed hash of this row and the last seal"),
)
Index(None, AUDIT.c.student_id, AUDIT.c.seq)
Index(None, AUDIT.c.actor, AUDIT.c.seq)

AUDIT_END = Table(
    "audit_end",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="always 1"),
    Column("seq", BigInteger, nullable=False, comment="how many rows there are"),
    Column("seal", String(64), nullable=False, comment="seal of the last one"),
    Column("proof", String(64), nullable=False, comment="keyed hash of both"),
)
