"""Other words for statements, by a model of language that may change nothing but the words.

An OpenAI-compatible endpoint gets the sentences and no more: no name, no id of a student. What it
answers is shown only if all numbers, dates, names of subjects and turns of meaning are still there;
else, and whenever it is slow or away, the sentence stays as it was written here.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Sequence
from threading import Lock

import httpx

from reports.insights import Level, Statement
from warehouse import logs

TIMEOUT_SECONDS = 3.0
REST_SECONDS = 60.0  # after a failure nobody waits for it for so long
KEPT_MOST, BYTES_MOST = 2_000, 256 * 1024
LENGTH_MOST = 2.0
_PROMPT = {
    "plain": "Rephrase each sentence for an adult, in plain and friendly English.",
    "simple": "Rephrase each sentence for a child of nine, in short and friendly English.",
}
_RULES = (
    " Keep every number, date and name exactly. Add no fact, advice or judgement. Keep to the"
    " length. Answer with a JSON array of strings, one for each sentence, and nothing else."
)
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*%?")
# Words that carry a figure or turn a statement round; each must come as often as before.
_GUARDED = frozenset(
    re.findall(
        r"\S+",
        """
        zero one two three four five six seven eight nine ten eleven twelve dozen hundred thousand
        half twice double triple quarter third percent
        monday tuesday wednesday thursday friday saturday sunday
        january february march april june july august september october november december
        morning mornings afternoon afternoons evening evenings night
        better worse best worst harder easier up down less more
        not no never cannot don't doesn't didn't isn't
        """,
    )
)


def same_figures(original: Statement, rephrased: str) -> bool:
    """Whether a rephrased sentence still says what the original does."""
    return (
        _NUMBER.findall(original.text) == _NUMBER.findall(rephrased)
        and _guarded(original.text) == _guarded(rephrased)
        and all(rephrased.count(name) >= original.text.count(name) > 0 for name in _names(original))
        and not any(_stands(name, rephrased) for name in original.strange)
        and 0 < len(rephrased) <= LENGTH_MOST * len(original.text)
        and rephrased.isprintable()
        and "://" not in rephrased
    )


def _guarded(text: str) -> Counter[str]:
    words = (word.lower() for word in re.findall(r"[^\W\d_]+(?:'[a-z]+)?", text))
    return Counter(word for word in words if word in _GUARDED)


def _names(original: Statement) -> list[str]:
    """The kept words that stand in the sentence; a period may be told in another form."""
    return [name for name in original.kept if name in original.text]


def _stands(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


class Rephraser:
    """Asks the endpoint, remembers what it said, and leaves it alone for a while when it fails."""

    def __init__(self, url: str, model: str, key: str | None = None) -> None:
        self._url = url.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"
        self._model = model
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, headers=headers)
        self._lock, self._log = Lock(), logs.get_logger()
        self._known: OrderedDict[tuple[Level, str], str] = OrderedDict()
        self._rests_until = 0.0

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def rephrased(self, statements: Sequence[Statement], level: Level) -> list[str]:
        """Each statement in other words, or as it was."""
        new = [one for one in statements if (level, one.text) not in self._known]
        if new and time.monotonic() >= self._rests_until:
            self._learn(new, level)
        with self._lock:
            return [self._known.get((level, one.text), one.text) for one in statements]

    def _learn(self, statements: Sequence[Statement], level: Level) -> None:
        try:
            answers = self._asked([one.text for one in statements], level)
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as error:
            # Every one of these means: no usable answer. The original sentences are whole.
            self._rests_until = time.monotonic() + REST_SECONDS
            self._log.warning("rephrasing_failed", problem=type(error).__name__)
            return
        with self._lock:
            for one, answer in zip(statements, answers, strict=True):
                text = answer.strip()
                self._known[level, one.text] = text if same_figures(one, text) else one.text
            while len(self._known) > KEPT_MOST:
                self._known.popitem(last=False)

    def _asked(self, texts: list[str], level: Level) -> list[str]:
        """What the endpoint makes of the sentences.

        Raises:
            ValueError: the answer is not a list of as many strings.
        """
        asked = {
            "model": self._model,
            "temperature": 0.3,
            "messages": [
                {"role": "system", "content": _PROMPT[level] + _RULES},
                {"role": "user", "content": json.dumps(texts)},
            ],
        }
        answer = json.loads(self._body(asked))
        found = json.loads(answer["choices"][0]["message"]["content"])
        if not isinstance(found, list) or len(found) != len(texts):
            raise ValueError("not one string for each sentence")
        if not all(isinstance(text, str) for text in found):
            raise ValueError("something other than strings")
        return found

    def _body(self, asked: dict[str, object]) -> bytes:
        """The body of the answer, within the time and the size that we have."""
        until, body = time.monotonic() + TIMEOUT_SECONDS, bytearray()
        with self._client.stream("POST", self._url, json=asked) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                body += part
                if len(body) > BYTES_MOST or time.monotonic() > until:
                    raise ValueError("too much, or too slow")
        return bytes(body)
