"""The store's tables. A change here needs a migration: `alembic revision --autogenerate -m why`."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: timestamptz; in SQLite ISO text that sorts and that people can read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        if value is None or dialect.name != "sqlite":
            return value
        return instant_text(value)

    def process_result_value(self, value: object, _dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        return value.astimezone(UTC) if isinstance(value, datetime) else None


def instant_text(instant: datetime) -> str:
    """How SQLite keeps an instant: UTC and always as long, so that text order is time order."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


# SQLite makes a rowid (and so a sequence) only of a column declared exactly INTEGER.
_SEQUENCE = BigInteger().with_variant(Integer, "sqlite")

INBOX = Table(
    "inbox",
    METADATA,
    Column("seq", _SEQUENCE, Identity(always=True), primary_key=True),
    Column("event_id", String(128), nullable=False, unique=True),
    Column("student_id", String(128), nullable=False),
    Column("concept_id", String(128)),
    Column("item_id", String(128)),
    Column("event_type", String(16), nullable=False),
    Column("score", Double),
    Column("time_spent", Integer, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("local_date", Date, nullable=False),
    Column("local_hour", SmallInteger, nullable=False),
    Column("helped_student_id", String(128)),
    Column("points", Integer),
    Column("reason", String(200)),
    Column("received_at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("fingerprint", BigInteger, nullable=False),
    Column("batch", String(128), comment="null until a landing run claims the row"),
    # Without AUTOINCREMENT, SQLite would give the numbers of deleted rows to new ones, and a
    # reader that remembers (count, highest seq) would take other events for those it knows.
    sqlite_autoincrement=True,
)
Index(None, INBOX.c.student_id, INBOX.c.seq)
Index(None, INBOX.c.batch)

CONCEPTS = Table(
    "concepts",
    METADATA,
    Column("concept_id", String(128), primary_key=True),
    Column("subject_id", String(128), nullable=False),
    Column("name", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False, comment="when it entered the curriculum"),
)

PREREQUISITES = Table(
    "prerequisites",
    METADATA,
    Column("concept_id", ForeignKey(CONCEPTS.c.concept_id), primary_key=True),
    Column("prerequisite_id", ForeignKey(CONCEPTS.c.concept_id), primary_key=True),
    Column("position", Integer, nullable=False, comment="order in which the author named them"),
)

PEOPLE = Table(
    "people",
    METADATA,
    Column("person_id", String(128), primary_key=True),
    Column("name", String(200)),
    Column("email", String(254)),
    Column("time_zone", String(64)),
    Column("locale", String(35), comment="BCP 47, such as en or de-CH"),
    Column("active", Boolean, nullable=False, comment="false: may not sign in, gets no mail"),
    Column("source", String(32), nullable=False, comment="oneroster, admin, sample or profile"),
    Column("recorded_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
# Few, and asked for once a second while anybody is there.
Index(
    "ix_people_inactive",
    PEOPLE.c.person_id,
    sqlite_where=~PEOPLE.c.active,
    postgresql_where=~PEOPLE.c.active,
)

ROLES = Table(
    "roles",
    METADATA,
    Column("person_id", ForeignKey(PEOPLE.c.person_id, ondelete="CASCADE"), primary_key=True),
    Column("role", String(16), primary_key=True, comment="student, parent, educator or admin"),
)

STUDENTS = Table(
    "students",
    METADATA,
    Column("student_id", String(128), primary_key=True),
    Column("alias", String(40), comment="the name on leaderboards"),
    Column("leaderboard_opt_in", Boolean, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

# Relations hold from `valid_from` up to, but without, `valid_until`; null is open-ended.
GUARDIANS = Table(
    "guardians",
    METADATA,
    Column("student_id", String(128), primary_key=True),
    Column("guardian_id", String(128), primary_key=True),
    Column("relation", String(40), nullable=False, comment="parent, guardian, relative, ..."),
    Column("consent", Boolean, nullable=False, comment="without it the guardian sees nothing"),
    Column("consent_source", String(64), comment="where the consent is recorded"),
    Column("valid_from", Instant),
    Column("valid_until", Instant),
    Column("source", String(32), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
Index(None, GUARDIANS.c.guardian_id)

CLASSES = Table(
    "classes",
    METADATA,
    Column("class_id", String(128), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("school_id", String(128)),
    Column("time_zone", String(64)),
    Column("leaderboard_enabled", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("source", String(32), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

ENROLMENTS = Table(
    "enrolments",
    METADATA,
    Column("class_id", ForeignKey(CLASSES.c.class_id, ondelete="CASCADE"), primary_key=True),
    Column("person_id", String(128), primary_key=True),
    Column("role", String(16), primary_key=True, comment="student or educator"),
    Column("valid_from", Instant),
    Column("valid_until", Instant),
    Column("source", String(32), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
Index(None, ENROLMENTS.c.person_id, ENROLMENTS.c.role)

BREAKS = Table(
    "breaks",
    METADATA,
    Column("break_id", String(128), primary_key=True),
    Column("student_id", String(128), comment="one student's break, or"),
    Column("class_id", String(128), comment="that of a class: exactly one of the two"),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False, comment="included"),
    Column("name", String(200), nullable=False),
    Column("set_by", String(128), nullable=False),
    Column("set_by_role", String(16), nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
Index(None, BREAKS.c.student_id)
Index(None, BREAKS.c.class_id)

GOALS = Table(
    "goals",
    METADATA,
    Column("student_id", String(128), primary_key=True),
    Column("from_week", Date, primary_key=True, comment="Monday of the first week it holds"),
    Column("concepts", Integer),
    Column("minutes", Integer),
    Column("set_by", String(128), nullable=False),
    Column("set_by_role", String(16), comment="what they were to the student"),
    Column("recorded_at", Instant, nullable=False),
)

INTERVENTIONS = Table(
    "interventions",
    METADATA,
    Column("intervention_id", String(36), primary_key=True),
    Column("student_id", String(128), nullable=False),
    Column("rule", String(16), nullable=False, comment="the flag: inactive, stuck or slowing"),
    Column("concept_id", String(128), nullable=False, comment="empty but for stuck"),
    Column("version", Integer, nullable=False, comment="1, and one more with each step"),
    Column("assigned_to", String(128)),
    Column("outcome", String(16), comment="set when it is closed"),
    Column("useful", Boolean, comment="whether the flag was worth the look"),
    Column("opened_by", String(128), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
Index(None, INTERVENTIONS.c.student_id)
# One open intervention a flag: two educators who see it at once share one.
Index(
    "uq_interventions_open",
    INTERVENTIONS.c.student_id,
    INTERVENTIONS.c.rule,
    INTERVENTIONS.c.concept_id,
    unique=True,
    sqlite_where=text("outcome is null"),
    postgresql_where=text("outcome is null"),
)

# Only ever added to: what was done, by whom, when. Null means left as it was.
INTERVENTION_STEPS = Table(
    "intervention_steps",
    METADATA,
    Column(
        "intervention_id",
        ForeignKey(INTERVENTIONS.c.intervention_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("version", Integer, primary_key=True),
    Column("actor", String(128), nullable=False),
    Column("actor_role", String(16), nullable=False),
    Column("assigned_to", String(128)),
    Column("note", Text),
    Column("outcome", String(16)),
    Column("useful", Boolean),
    Column("recorded_at", Instant, nullable=False),
)

# Set by triggers: warehouse/store/stamps.py.
STAMPS = Table(
    "stamps",
    METADATA,
    Column("table_name", String(64), primary_key=True),
    Column("stamp", String(36), nullable=False),
)
