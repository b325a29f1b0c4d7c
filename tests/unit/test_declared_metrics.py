"""Each metric is declared once, and its unit is that of its column."""

from __future__ import annotations

import pytest

from tests.builds import catalog
from warehouse.errors import InvalidTable
from warehouse.metrics import load_metrics

GOOD = """[[metrics]]
id = "pace"
label = "Pace"
column = "analytics.student_metrics.learning_velocity"
totals = "mean"
weight = "students"
"""


def test_unit_and_meaning_come_from_the_header_of_the_column(tmp_path):
    file = tmp_path / "metrics.toml"
    file.write_text(GOOD)

    metric = load_metrics(catalog(), file)["pace"]
    assert (metric.unit, metric.totals, metric.weight) == ("concepts per week", "mean", "students")
    assert "28 days" in metric.meaning


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("learning_velocity", "nothing", "no column with a unit"),
        ("learning_velocity", "student_id", "no column with a unit"),
        ("student_metrics", "no_table", "no column with a unit"),
        ('"mean"', '"sum"', "needs a weight"),
        ('weight = "students"\n', "", "needs a weight"),
        ('"mean"', '"often"', "pace"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path, old, new, said):
    file = tmp_path / "metrics.toml"
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(InvalidTable, match=said):
        load_metrics(catalog(), file)


def test_an_id_stands_once(tmp_path):
    file = tmp_path / "metrics.toml"
    file.write_text(GOOD + GOOD)
    with pytest.raises(InvalidTable, match="stands twice"):
        load_metrics(catalog(), file)


def test_no_column_and_no_label_is_declared_twice():
    metrics = list(load_metrics(catalog()).values())
    assert len({metric.label for metric in metrics}) == len(metrics)
    assert len({(metric.table, metric.column) for metric in metrics}) == len(metrics)
