"""What was found about a student, in plain sentences at two reading levels.

`plain` is for adults and names nobody, so that it fits whoever reads it; `simple` speaks to a young
reader. Figures are the finding's own; nothing is blamed on anybody, and nobody else is mentioned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any, Literal, NamedTuple

from reports.phrases import ENGLISH

Level = Literal["plain", "simple"]
Figures = Mapping[str, Any]


class Told(NamedTuple):
    """One finding at both reading levels, its figures still to be filled in."""

    plain: str
    simple: str


@dataclass(frozen=True)
class Statement:
    """A sentence or two, the names that no rephrasing may lose, and those it may not bring in."""

    text: str
    kept: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()


def statement(
    kind: str,
    figures: Figures,
    size: float,
    level: Level,
    subjects: Collection[str] = (),
    said: NullTranslations = ENGLISH,
) -> Statement:
    """The words for one finding.

    Args:
        kind: as `models.insights` calls it.
        figures: what was found.
        size: the effect, whose sign says which way it goes.
        level: who reads it.
        subjects: all there are, so that none is taken for another.
        said: the language.
    """
    told = _SENTENCES[kind](figures, size, said)
    kept = {str(figures[name]) for name in ("subject", "period") if name in figures}
    words = told.simple if level == "simple" else told.plain
    return Statement(
        words % _filled(figures),
        tuple(sorted(kept)),
        tuple(sorted(set(subjects) - kept)),
    )


def _filled(figures: Figures) -> dict[str, Any]:
    """Ratios as they are said: of 100."""
    return {
        name: round(100 * value) if name.endswith("score") else value
        for name, value in figures.items()
    }


def _time_of_day(figures: Figures, _size: float, said: NullTranslations) -> Told:
    _ = said.gettext
    return {
        "morning": Told(
            _(
                "Mornings go best: a mean score of %(score)s of 100 in the morning, against"
                " %(other_score)s of 100 at other times of the day, allowing for how hard the"
                " concepts were."
            ),
            _(
                "You do best in the morning: %(score)s points of 100. At other times it is"
                " %(other_score)s."
            ),
        ),
        "afternoon": Told(
            _(
                "Afternoons go best: a mean score of %(score)s of 100 in the afternoon, against"
                " %(other_score)s of 100 at other times of the day, allowing for how hard the"
                " concepts were."
            ),
            _(
                "You do best in the afternoon: %(score)s points of 100. At other times it is"
                " %(other_score)s."
            ),
        ),
        "evening": Told(
            _(
                "Evenings go best: a mean score of %(score)s of 100 in the evening, against"
                " %(other_score)s of 100 at other times of the day, allowing for how hard the"
                " concepts were."
            ),
            _(
                "You do best in the evening: %(score)s points of 100. At other times it is"
                " %(other_score)s."
            ),
        ),
        "night": Told(
            _(
                "Late hours go best: a mean score of %(score)s of 100 late at night, against"
                " %(other_score)s of 100 at other times of the day, allowing for how hard the"
                " concepts were."
            ),
            _(
                "You do best late at night: %(score)s points of 100. At other times it is"
                " %(other_score)s."
            ),
        ),
    }[figures["period"]]


def _session_length(_figures: Figures, size: float, said: NullTranslations) -> Told:
    _ = said.gettext
    if size > 0:
        return Told(
            _(
                "After about %(minutes)s minutes in one sitting the mean score goes down from"
                " %(early_score)s to %(late_score)s of 100, in %(sessions)s sessions. A break may"
                " help."
            ),
            _(
                "Your first %(minutes)s minutes go best: %(early_score)s points of 100. After that"
                " it is %(late_score)s. A break may help."
            ),
        )
    return Told(
        _(
            "It takes a while to get going: after the first %(minutes)s minutes of a session the"
            " mean score goes up from %(early_score)s to %(late_score)s of 100, in %(sessions)s"
            " sessions. It may be worth staying a little longer."
        ),
        _(
            "You warm up: %(early_score)s points of 100 in your first %(minutes)s minutes,"
            " %(late_score)s after that."
        ),
    )


def _subject_trend(_figures: Figures, size: float, said: NullTranslations) -> Told:
    _ = said.gettext
    if size > 0:
        return Told(
            _(
                "The subject %(subject)s goes better than it did: a mean score of %(score)s of 100"
                " in the last 28 days, after %(other_score)s of 100 in the 12 weeks before."
            ),
            _(
                "You are getting better at %(subject)s: %(score)s points of 100. Before it was"
                " %(other_score)s."
            ),
        )
    return Told(
        _(
            "The subject %(subject)s goes less well than it did: a mean score of %(score)s of 100"
            " in the last 28 days, after %(other_score)s of 100 in the 12 weeks before. Going over"
            " earlier concepts may help."
        ),
        _(
            "Right now %(subject)s is harder for you: %(score)s points of 100. Before it was"
            " %(other_score)s. Some practice may help."
        ),
    )


def _comeback(_figures: Figures, size: float, said: NullTranslations) -> Told:
    _ = said.gettext
    if size > 0:
        return Told(
            _(
                "Coming back after a break goes well: a mean score of %(score)s of 100 on the first"
                " 3 days after a week or more without learning, against %(other_score)s of 100 on"
                " other days, over %(breaks)s breaks."
            ),
            _(
                "You come back strong after a break: %(score)s points of 100. On other days it is"
                " %(other_score)s."
            ),
        )
    return Told(
        _(
            "Coming back after a break takes a little time: a mean score of %(score)s of 100 on the"
            " first 3 days after a week or more without learning, against %(other_score)s of 100 on"
            " other days, over %(breaks)s breaks. Starting with known concepts may help."
        ),
        _(
            "After a break it takes you a little time: %(score)s points of 100. On other days it is"
            " %(other_score)s. Start with things you know."
        ),
    )


def _perseverance(_figures: Figures, _size: float, said: NullTranslations) -> Told:
    _ = said.gettext
    return Told(
        _(
            "Trying again pays off: %(began_wrong)s concepts began with a try that did not go well,"
            " and %(ended_right)s of them ended with one that did."
        ),
        _(
            "You keep trying! %(began_wrong)s things were hard at first, and you got"
            " %(ended_right)s of them right in the end."
        ),
    )


def _steady_pace(figures: Figures, _size: float, said: NullTranslations) -> Told:
    _, most = said.gettext, figures["most_days"]
    if figures["least_days"] != most:
        return Told(
            _(
                "The pace is steady: learning on %(least_days)s to %(most_days)s days in each of"
                " the last %(weeks)s weeks."
            ),
            _(
                "You keep going: %(least_days)s to %(most_days)s days of learning every week, for"
                " %(weeks)s weeks."
            ),
        )
    return Told(
        said.ngettext(
            "The pace is steady: learning on %(most_days)s day in each of the last %(weeks)s"
            " weeks.",
            "The pace is steady: learning on %(most_days)s days in each of the last %(weeks)s"
            " weeks.",
            most,
        ),
        said.ngettext(
            "You keep going: %(most_days)s day of learning every week, for %(weeks)s weeks.",
            "You keep going: %(most_days)s days of learning every week, for %(weeks)s weeks.",
            most,
        ),
    )


def _spacing(_figures: Figures, _size: float, said: NullTranslations) -> Told:
    _ = said.gettext
    return Told(
        _(
            "Practice on several days works: the third try of such concepts has a mean score of"
            " %(score)s of 100, against %(other_score)s of 100 where all practice was on one day."
        ),
        _(
            "It helps you to practise on more than one day: %(score)s points of 100 on the third"
            " try. On one day it is %(other_score)s."
        ),
    )


_SENTENCES: Mapping[str, Callable[[Figures, float, NullTranslations], Told]] = {
    "time_of_day": _time_of_day,
    "session_length": _session_length,
    "subject_trend": _subject_trend,
    "comeback": _comeback,
    "perseverance": _perseverance,
    "steady_pace": _steady_pace,
    "spacing": _spacing,
}
