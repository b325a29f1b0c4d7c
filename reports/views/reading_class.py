"""Getting the report of a class: who is in it now, and what is published of them."""

from __future__ import annotations

import hashlib
from functools import partial

from reports.dashboards import educator as educators
from reports.dashboards.making import Names
from reports.dashboards.parts import ViewMeta
from reports.dashboards.reading import Prepared
from reports.languages import Language, language
from reports.views import school_class
from reports.views.period import Span
from reports.views.school_class import ClassReport
from warehouse.reader import Reader, SnapshotReader
from warehouse.store.people import SchoolClass
from warehouse.store.rosters import Member
from warehouse.zones import zone_info


def school_class_report(
    reader: Reader, about: SchoolClass, span: Span, tag: str
) -> Prepared[ClassReport]:
    """The report of a class as it is at the moment of the request, about to be made."""
    people, now = reader.store.people, reader.clock()
    ids = people.students_of(about.class_id, now)
    names = people.names(ids)
    members = [Member(about.class_id, about.name, one, names.get(one)) for one in ids]
    members.sort(key=lambda member: (member.name or "", member.student_id or ""))
    snapshot = reader.published()
    state = (snapshot.info.snapshot_id if snapshot.info else None, about, members, tag)
    version = hashlib.sha256(repr(state).encode()).hexdigest()[:32]
    make = partial(_make, reader, snapshot, about, members, span, language(tag))
    return Prepared(version, make, ids)


def _make(
    reader: Reader,
    snapshot: SnapshotReader,
    about: SchoolClass,
    members: list[Member],
    span: Span,
    spoken: Language,
) -> ClassReport:
    ids = sorted(str(member.student_id) for member in members)
    as_of = snapshot.info.as_of if snapshot.info else None
    zone = zone_info(about.time_zone or reader.settings.default_timezone)
    period = span.on((as_of or reader.clock()).astimezone(zone).date())
    said = spoken.translations
    meta = ViewMeta(
        snapshot.info.snapshot_id if snapshot.info else None, as_of, live=False, pending_events=0
    )
    answers = {query: snapshot.ask_each(query, ids) for query in educators.QUERIES}
    shown = educators.assemble(
        "",
        members or [Member(about.class_id, about.name, None, None)],
        educators.Rows.of(answers, snapshot.kept(educators.concept_facts), []),
        Names.of(reader.rules, snapshot.curriculum, said),
        meta,
    ).classes[0]
    rows = snapshot.ask(
        "students_range", student_ids=ids, first_day=period.start, end_day=period.end
    )
    return school_class.assemble(period, shown, rows, spoken.tag, said, meta)
