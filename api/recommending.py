"""Recommendations as the API sends them, wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence

from api.schemas.foresight import Recommendation
from reports.recommendations import recommendation_words
from warehouse.reader import Row


def recommended(rows: Sequence[Row], curriculum: Sequence[Row]) -> list[Recommendation]:
    """Rows of the query, with the concept's name and the reason in words."""
    names = {concept["concept_id"]: concept["name"] for concept in curriculum}
    return [
        Recommendation(
            **{name: row[name] for name in Recommendation.model_fields if name in row},
            name=names[row["concept_id"]],
            reason=recommendation_words(row, names[row["concept_id"]]),
        )
        for row in rows
    ]
