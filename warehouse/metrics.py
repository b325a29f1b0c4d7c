"""The metrics: what a figure is called, its unit, and how it totals; each declared once.

`metrics.toml` names the column that holds it. Unit and meaning are read from that column's header,
so they cannot differ from it; documentation and labels of the API are made from here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.catalog import Catalog, Column
from warehouse.errors import InvalidTable

DECLARATIONS = Path(__file__).with_name("metrics.toml")
Totals = Literal["sum", "mean", "never"]


class _Declaration(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    label: Annotated[str, Field(min_length=1, max_length=60)]
    column: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+\.[a-z_]+$")]
    totals: Totals
    weight: str | None = None

    @model_validator(mode="after")
    def _a_mean_has_a_weight(self) -> Self:
        if (self.totals == "mean") != (self.weight is not None):
            raise ValueError('totals "mean" needs a weight, and nothing else has one')
        return self


@dataclass(frozen=True)
class Metric:
    """A figure that people are shown."""

    id: str
    label: str
    unit: str
    meaning: str
    table: str
    column: str
    totals: Totals
    weight: str | None


def load_metrics(catalog: Catalog, path: Path = DECLARATIONS) -> Mapping[str, Metric]:
    """The declared metrics by id, in the order of the file.

    Raises:
        InvalidTable: an entry is wrong, stands twice, or names a column without a unit.
    """
    found: dict[str, Metric] = {}
    for raw in tomllib.loads(path.read_text(encoding="utf-8"))["metrics"]:
        try:
            declared = _Declaration.model_validate(raw)
        except ValidationError as error:
            raise InvalidTable(
                f"{path.name}, {raw.get('id')}: {error.errors()[0]['msg']}."
            ) from error
        if declared.id in found:
            raise InvalidTable(f"{path.name}: the id {declared.id} stands twice.")
        found[declared.id] = _metric(declared, catalog, path.name)
    return found


def _metric(declared: _Declaration, catalog: Catalog, where: str) -> Metric:
    table, _, name = declared.column.rpartition(".")
    columns: Mapping[str, Column] = (
        {c.name: c for c in catalog.tables[table].columns} if table in catalog.tables else {}
    )
    column = columns.get(name)
    if column is None or column.unit is None:
        raise InvalidTable(
            f"{where}, {declared.id}: {declared.column} is no column with a unit.",
            cure=f"Name a column of a table, and write its unit in the header: {name} (unit): …",
        )
    return Metric(
        declared.id,
        declared.label,
        column.unit,
        column.meaning,
        table,
        name,
        declared.totals,
        declared.weight,
    )
