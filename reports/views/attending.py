"""What calls for a look now, as one says it to a parent or an educator; students are spared it."""

from __future__ import annotations

from collections.abc import Sequence

from reports.dashboards.making import Names
from reports.dashboards.parts import Attention
from reports.views.period import Period
from reports.views.saying import Speaker
from warehouse.reader import Row

STUCK_MAX = 5


def attention(
    speaker: Speaker, period: Period, flags: Sequence[Row], names: Names
) -> list[Attention]:
    """Flags hold for today: a report of other days has none."""
    if speaker.is_own or not period.has(period.today):
        return []
    return attention_now(speaker, flags, names)


def attention_now(speaker: Speaker, flags: Sequence[Row], names: Names) -> list[Attention]:
    """What calls for a look as of the answers, whatever days they are shown beside."""
    stuck = [row for row in flags if row["rule"] == "stuck"]
    stuck.sort(key=lambda row: row["last_event_at"], reverse=True)
    shown = [row for row in flags if row["rule"] != "stuck"] + stuck[:STUCK_MAX]
    return [_attention(speaker, row, names) for row in shown]


def _attention(speaker: Speaker, row: Row, names: Names) -> Attention:
    concept = names.concept(row["concept_id"]) if row["concept_id"] else None
    told = _words(speaker, row, concept.name if concept else "")
    return Attention(
        row["rule"], concept, int(row["have"]), int(row["need"]), row["last_event_at"], told
    )


def _words(speaker: Speaker, row: Row, concept: str) -> str:
    gettext, ngettext, have = speaker.said.gettext, speaker.said.ngettext, int(row["have"])
    values = {"name": speaker.name, "have": have, "need": int(row["need"]), "concept": concept}
    if row["rule"] == "inactive":
        said = ngettext(
            "%(name)s has not learned here for %(have)s day.",
            "%(name)s has not learned here for %(have)s days.",
            have,
        )
    elif row["rule"] == "stuck":
        said = gettext("%(name)s has tried %(concept)s %(have)s times and is not through yet.")
    else:
        said = ngettext(
            "%(name)s mastered %(have)s concept in the last two weeks, after %(need)s in the two"
            " before.",
            "%(name)s mastered %(have)s concepts in the last two weeks, after %(need)s in the two"
            " before.",
            have,
        )
    return said % values
