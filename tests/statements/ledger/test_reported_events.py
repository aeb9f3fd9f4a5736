"""Events as news pages reported them: which pages tell of one event."""

from __future__ import annotations

import json

import pytest

from throughflow.errors import InputError
from throughflow.statements import event_json
from throughflow.statements.ledger import Entry, Telling

# By what the coder noted of each: the same interview, act or announcement.
SAME = {
    frozenset({"N003", "N007", "N008"}),
    frozenset({"N015", "N016"}),
    frozenset({"N020", "N021"}),
    frozenset({"N028", "N032"}),
    frozenset({"N059", "N060"}),
}


def basis(text):
    return text if text in {"text", "inferred"} else f"external: {text.removeprefix('external: ')}"


def entry(row):
    published = row["published"] if row["published"] and len(row["published"]) == 10 else None
    return Entry(
        Telling.of(
            event_json.parse(
                {
                    "kind": row["kind"],
                    "type": row["type"],
                    "actors": [
                        {"country": code, "person": row["person"]} for code in row["actors"]
                    ],
                    "targets": row["targets"],
                    "date": {
                        "start": row["event_start"],
                        "end": row["event_end"],
                        "basis": basis(row["date_basis"]),
                    },
                    "polarity": row["polarity"],
                    "is_pledge": row["is_pledge"],
                    "details": {"quote": row["quote"], "coded": row["id"]},
                }
            ),
            event_json.parse_source(
                {"url": row["url"], "lang": row["lang"], "published": published}
            ),
        )
    )


@pytest.mark.data
def test_pages_about_one_event_are_joined_and_no_others(staged, ledger):
    path = staged / "statements" / "news_events_dev.json"
    if not path.exists():
        pytest.skip("the reported events are not here")
    rows = json.loads(path.read_text(encoding="utf-8"))["events"]
    entries = {row["id"]: entry(row) for row in rows}
    names = {one.telling.id: name for name, one in entries.items()}
    assert len(names) == len(rows) == 37
    ledger.add(list(entries.values()), by="t")
    found = {frozenset(names[t] for t in cell) for cell in ledger.rows["tellings"].to_pylist()}
    assert {group for group in found if len(group) > 1} == SAME
    assert sum(len(group) for group in found) == 37


def test_a_date_basis_that_is_none_is_refused():
    with pytest.raises(InputError, match="basis"):
        event_json.parse(
            {"kind": "denial", "actors": ["KZ"], "date": {"start": None, "basis": "cross-source"}}
        )
