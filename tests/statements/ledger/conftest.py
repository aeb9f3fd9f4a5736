"""Fixtures of the ledger's tests."""

from __future__ import annotations

import pytest

from throughflow.statements import event_json
from throughflow.statements.ledger import Entry, Ledger, Telling

PLAIN = {
    "kind": "denial",
    "actors": ["KZ"],
    "targets": [],
    "polarity": -1,
    "certainty": "reported",
    "topic": "sanctions_circumvention",
}


@pytest.fixture
def told():
    """Make an entry: a denial by Kazakhstan, with changes, as one source tells it."""

    def make(start="2022-04-29", end=None, *, url="https://a.example/1", **changes):
        source = {"url": url} | changes.pop("source", {})
        value = PLAIN | {"date": {"start": start, "end": end or start}} | changes
        telling = Telling.of(event_json.parse(value), event_json.parse_source(source))
        return Entry(telling)

    return make


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger")


@pytest.fixture
def partition():
    """Return which tellings stand together, as sets of their ids."""

    def of(ledger):
        return {frozenset(cell) for cell in ledger.rows["tellings"].to_pylist()}

    return of
