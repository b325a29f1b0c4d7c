"""The curriculum as one student sees it: what is open to them, and what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from warehouse.reader import Row

NEXT_MAX = 3
NOTHING: Mapping[str, Row] = {}
_DONE = {"completed", "mastered"}


class Node(NamedTuple):
    """A concept of the curriculum as the student sees it."""

    concept_id: str
    name: str
    subject_id: str
    status: str
    mastery_probability: float | None
    unlocked: bool


class Edge(NamedTuple):
    """A prerequisite and the concept that needs it."""

    from_: str
    to: str


class Share(NamedTuple):
    """How much of a subject is mastered, in 100."""

    subject_id: str
    percent: float


class Path(NamedTuple):
    """The graph, the concepts to go on with, and the share of each subject that is mastered."""

    nodes: list[Node]
    edges: list[Edge]
    next: list[str]
    subjects: list[Share]


def lay_over(
    curriculum: Sequence[Row],
    statuses: Mapping[str, str],
    mastery: Mapping[str, Row] = NOTHING,
    recommendations: Sequence[Row] = (),
) -> Path:
    """Lay a student's statuses and predictions (by concept) over the curriculum."""
    nodes = [_node(concept, statuses, mastery) for concept in curriculum]
    edges = [
        Edge(from_=prerequisite, to=concept["concept_id"])
        for concept in curriculum
        for prerequisite in concept["prerequisites"]
    ]
    return Path(nodes, edges, _next(nodes, recommendations), _subjects(nodes))


def _node(concept: Row, statuses: Mapping[str, str], mastery: Mapping[str, Row]) -> Node:
    needed = concept["prerequisites"]
    said = mastery.get(concept["concept_id"])
    return Node(
        concept_id=concept["concept_id"],
        name=concept["name"],
        subject_id=concept["subject_id"],
        status=statuses.get(concept["concept_id"], "not_started"),
        # a guess from others is no statement about this student
        mastery_probability=said["probability"] if said and said["enough_evidence"] else None,
        unlocked=all(statuses.get(prerequisite) in _DONE for prerequisite in needed),
    )


def _next(nodes: Sequence[Node], recommendations: Sequence[Row]) -> list[str]:
    """What is recommended; then what is begun comes before what is new.

    What the student has finished since the predictions were made is not recommended again.
    """
    status = {node.concept_id: node.status for node in nodes}
    best = [
        row["concept_id"]
        for row in recommendations
        if row["kind"] == "review" or status.get(row["concept_id"]) not in _DONE
    ]
    open_nodes = [node for node in nodes if node.unlocked and node.status not in _DONE]
    open_nodes.sort(key=lambda node: (node.status != "in_progress", node.concept_id))
    found = dict.fromkeys([*best, *(node.concept_id for node in open_nodes)])
    return list(found)[:NEXT_MAX]


def _subjects(nodes: Sequence[Node]) -> list[Share]:
    mastered: dict[str, list[bool]] = defaultdict(list)
    for node in nodes:
        mastered[node.subject_id].append(node.status == "mastered")
    return [
        Share(subject_id=subject, percent=round(100 * sum(flags) / len(flags), 2))
        for subject, flags in sorted(mastered.items())
    ]
