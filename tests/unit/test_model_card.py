"""A card's tables begin with what a row is about, though cards are kept in alphabetical order."""

from __future__ import annotations

import json

from pipelines.learning.cards import as_markdown

SCORES = {
    "example_count": 7,
    "measure": "log_loss",
    "loss": 0.5,
    "baseline": "the mean",
    "baseline_loss": 0.6,
    "calibration": 0.01,
    "calibration_bound": 0.02,
    "scores": {"auc": 0.7},
    "parts": [{"by": "evidence", "part": "none", "example_count": 7, "auc": None, "said": 0.25}],
}
CARD = {
    "title": "The next try",
    "accepted": False,
    "reason": "log loss 0.5 is worse",
    "trained_at": "2026-11-29",
    "seed": 0,
    "data": {
        "snapshot_id": "one",
        "as_of": "2026-11-28",
        "students": 5,
        "judging_students": 1,
        "events": 70,
    },
    "definition": "0123456789abcdef",
    "needs": "seven tries",
    "scores": SCORES,
    "champion": {"scores": None},
}


def test_a_part_is_named_before_its_figures():
    kept = json.loads(json.dumps(CARD, sort_keys=True))
    lines = as_markdown(kept).splitlines()
    assert "| by | part | example count | auc | said |" in lines
    assert "| evidence | none | 7 | - | 0.2500 |" in lines
    assert "Not in use: log loss 0.5 is worse." in lines
