"""Where the nodes and ribbons of a flow diagram lie: columns, order, heights.

A node is as high as what passes it, all on one scale. A ribbon that skips a column keeps a place in
it, so that it runs between the nodes there and never across them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Room that a ribbon keeps for itself in a column it skips.
BETWEEN = 10.0


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a diagram.

    Attributes:
        key: Unique in the diagram.
        column: Column from the left, 0 first.
        lines: Its label, its name first.
        place: What it is, for the style sheet: ``sender``, ``hub``, ``target``, ``kept``,
            ``missing`` or ``off``.
        name_lines: How many of the lines are its name.
    """

    key: str
    column: int
    lines: tuple[str, ...]
    place: str
    name_lines: int = 1


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What runs from one node to another, further to the right.

    Attributes:
        tail: Key of the node it leaves.
        head: Key of the node it enters.
        value: Amount, drawn as width.
        sure: The part of it that is not hatched, from 0 to `value`.
        kind: What it is, for the style sheet: ``sent``, ``kept``, ``missing`` or ``off``.
    """

    tail: str
    head: str
    value: float
    sure: float
    kind: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """Nodes, in order from above within their column, and ribbons between them."""

    nodes: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node lies: its upper end and its height."""

    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Course:
    """The way of a ribbon: its upper edge in each column it passes, and its thickness."""

    columns: tuple[int, ...]
    tops: tuple[float, ...]
    thickness: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A diagram with its places.

    Attributes:
        boxes: Place of each node, by key.
        courses: Way of each ribbon, in the order of the diagram.
        height: Height of the highest column, with the room above its nodes.
    """

    boxes: Mapping[str, Box]
    courses: tuple[Course, ...]
    height: float


@dataclass(slots=True)
class _Slot:
    """A node, or the place of a ribbon in a column it skips."""

    key: str
    room: float
    entering: float = 0.0
    leaving: float = 0.0
    top: float = 0.0

    @property
    def value(self) -> float:
        return max(self.entering, self.leaving)


def place(
    diagram: Diagram, rooms: Mapping[str, float], height: float, *, begin: float | None = None
) -> Layout:
    """Find a place for every node and ribbon.

    Args:
        diagram: What is to be drawn.
        rooms: Room above each node, for its label, by key.
        height: Height of the fullest column's nodes, without room.
        begin: Where every column begins, below the labels of its first node; None centres columns
            on each other.
    """
    columns, chains = _columns(diagram, rooms)
    fullest = max((sum(s.value for s in column) for column in columns), default=0.0)
    scale = height / fullest if fullest > 0 else 0.0
    _order(columns, chains)
    tall = [sum(s.room + s.value * scale for s in column) for column in columns]
    starts = [0.0 if begin is None else begin - column[0].room for column in columns]
    whole = max((start + own for start, own in zip(starts, tall, strict=True)), default=0.0)
    for column, start, own in zip(columns, starts, tall, strict=True):
        at = (whole - own) / 2 if begin is None else start
        for slot in column:
            slot.top = at + slot.room
            at = slot.top + slot.value * scale
    names = {node.key for node in diagram.nodes}
    boxes = {
        s.key: Box(s.top, s.value * scale) for column in columns for s in column if s.key in names
    }
    return Layout(boxes, _courses(diagram, columns, chains, scale), whole)


def _columns(
    diagram: Diagram, rooms: Mapping[str, float]
) -> tuple[list[list[_Slot]], list[list[str]]]:
    """Return the slots of each column, and the keys each ribbon passes."""
    last = max((node.column for node in diagram.nodes), default=0)
    columns: list[list[_Slot]] = [[] for _ in range(last + 1)]
    at: dict[str, int] = {}
    slots: dict[str, _Slot] = {}
    for node in diagram.nodes:
        at[node.key] = node.column
        slots[node.key] = _Slot(node.key, rooms.get(node.key, BETWEEN))
        columns[node.column].append(slots[node.key])
    chains = []
    for number, ribbon in enumerate(diagram.ribbons):
        chain = [ribbon.tail]
        for column in range(at[ribbon.tail] + 1, at[ribbon.head]):
            key = f"{number}:{column}"
            columns[column].append(_Slot(key, BETWEEN, ribbon.value, ribbon.value))
            chain.append(key)
        chain.append(ribbon.head)
        chains.append(chain)
        slots[ribbon.tail].leaving += ribbon.value
        slots[ribbon.head].entering += ribbon.value
    return columns, chains


def _order(columns: Sequence[list[_Slot]], chains: Sequence[Sequence[str]]) -> None:
    """Sort each column by where its ribbons come from; what is alike keeps its order."""
    before: dict[str, list[str]] = defaultdict(list)
    for chain in chains:
        for tail, head in pairwise(chain):
            before[head].append(tail)
    rank: dict[str, float] = {}
    for column in columns:
        own = {slot.key: float(i) for i, slot in enumerate(column)}
        wanted = {
            slot.key: sum(found) / len(found)
            if (found := [rank[key] for key in before[slot.key] if key in rank])
            else own[slot.key]
            for slot in column
        }
        column.sort(key=lambda slot: (wanted[slot.key], own[slot.key]))
        size = max(len(column) - 1, 1)
        rank |= {slot.key: i / size for i, slot in enumerate(column)}


def _courses(
    diagram: Diagram,
    columns: Sequence[Sequence[_Slot]],
    chains: Sequence[Sequence[str]],
    scale: float,
) -> tuple[Course, ...]:
    """Stack ribbons at their nodes: those from above leave and enter above."""
    top = {slot.key: slot.top for column in columns for slot in column}
    column_of = {slot.key: i for i, column in enumerate(columns) for slot in column}
    leaving, entering = dict(top), dict(top)
    found: dict[int, tuple[float, float]] = {}
    by_head = sorted(range(len(chains)), key=lambda i: (top[chains[i][1]], i))
    by_tail = sorted(range(len(chains)), key=lambda i: (top[chains[i][-2]], i))
    starts, ends = {}, {}
    for i in by_head:
        starts[i] = leaving[chains[i][0]]
        leaving[chains[i][0]] += diagram.ribbons[i].value * scale
    for i in by_tail:
        ends[i] = entering[chains[i][-1]]
        entering[chains[i][-1]] += diagram.ribbons[i].value * scale
    for i in range(len(chains)):
        found[i] = starts[i], ends[i]
    return tuple(
        Course(
            tuple(column_of[key] for key in chain),
            (found[i][0], *(top[key] for key in chain[1:-1]), found[i][1]),
            diagram.ribbons[i].value * scale,
        )
        for i, chain in enumerate(chains)
    )
