"""What must hold for any statements: hypothesis makes them up."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from throughflow.model.statements import (
    KINDS,
    Actor,
    Candidate,
    Claim,
    DateInterval,
    Event,
    Source,
    Span,
)
from throughflow.statements import event_json
from throughflow.statements.ledger import (
    Entry,
    Ledger,
    Telling,
    intake,
    record,
    sameness,
    table,
    versions,
)
from throughflow.statements.ledger.export import as_csv, as_jsonl
from throughflow.statements.ledger.sameness import Node
from throughflow.statements.ledger.versions import Stamp

# Everything but what the form refuses: control characters, surrogates, marks that turn writing.
TEXT = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cc", "Cs"],
        exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    max_size=30,
)  # fmt: skip
SOME = TEXT.filter(lambda text: text.strip() == text and text != "")
WORD = st.from_regex(r"\A[a-z][a-z0-9_-]{0,8}\Z")
DAYS = st.dates(date(2022, 4, 1), date(2022, 4, 9))
ACTORS = st.builds(
    Actor,
    country=st.sampled_from(["KZ", "KG", "EU"]),
    sector=st.sampled_from(["GOV", "MIL"]),
    person=st.none() | SOME,
    role=st.none() | SOME,
)
INTERVALS = st.builds(
    lambda start, length, expr, basis: DateInterval(
        start, start + timedelta(days=length), "range" if length else "day", expr, basis
    ),
    DAYS, st.integers(0, 4), st.none() | SOME,
    st.sampled_from(["text", "published", "external: OFAC"]),
)  # fmt: skip
SPANS = st.builds(
    lambda start, text: Span(start, start + len(text), text), st.integers(0, 99), SOME
)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(sorted(KINDS)),
    type=st.sampled_from(event_json.TYPES),
    mode=st.none() | WORD.filter(lambda word: word != "none"),
    actors=st.lists(ACTORS, min_size=1, max_size=2).map(tuple),
    targets=st.lists(ACTORS, max_size=2).map(tuple),
    date=INTERVALS,
    polarity=st.sampled_from([-1, 0, 1, None]),
    is_pledge=st.booleans(),
    certainty=st.sampled_from(["quoted", "reported", "journalist"]),
    spans=st.lists(SPANS, max_size=2).map(tuple),
    rule=SOME,
    claims=st.lists(
        st.builds(Claim, st.sampled_from(["present", "future"]), st.booleans(), SOME), max_size=2
    ).map(tuple),
    topic=st.just("") | WORD,
    details=st.dictionaries(WORD, SOME, max_size=2).map(lambda found: dict(sorted(found.items()))),
)
SOURCES = st.builds(
    Source,
    title=TEXT,
    publisher=TEXT,
    url=st.integers(0, 9).map("https://a.example/{}".format),
    published=st.none() | DAYS,
    lang=st.sampled_from(["", "en", "ru"]),
)
ITEMS = EVENTS | st.builds(Candidate, EVENTS, st.lists(WORD, min_size=1, max_size=2).map(tuple))
TELLINGS = st.builds(Telling.of, ITEMS, SOURCES)

# A small world, in which tellings often agree.
CLOSE = st.builds(
    lambda start, length, target, topic, person, url: Telling.of(
        event_json.parse(
            {
                "kind": "denial",
                "actors": [{"country": "KZ", "person": person}],
                "targets": [target] if target else [],
                "date": {
                    "start": start.isoformat(),
                    "end": (start + timedelta(days=length)).isoformat(),
                },
                "topic": topic,
            }
        ),
        Source(url=f"https://a.example/{url}"),
    ),
    DAYS, st.integers(0, 5), st.sampled_from(["", "UA", "RU"]), st.sampled_from(["", "transit"]),
    st.sampled_from([None, "Tileuberdi", "Tleuberdi", "Tokayev"]), st.integers(0, 3),
)  # fmt: skip


def told(ledger):
    """Return what is told, by the telling's id."""
    return {t.id: t for one in ledger.iterate(ledger.rows) for t in one.tellings}


def test_table_cells_are_joined_and_split_again():
    @given(st.lists(SOME | st.just(""), min_size=1, max_size=4).filter(any))
    def check(items):
        assert table.split(table.join(items)) == items

    @given(TEXT)
    def guarded(text):
        assert table.unguard(table.guard(text)) == text
        assert not table.guard(text).startswith(("=", "+", "-", "@"))

    check()
    guarded()


@given(ITEMS, SOURCES)
def test_a_line_of_the_log_gives_the_same_record(item, source):
    telling = Telling.of(item, source)
    stamp = Stamp("me", "why", "2026-01-01T00:00:00+00:00")
    one = replace(
        versions.first("st-0", [telling], "accepted", stamp, action="add"),
        why={telling.id: "first told"},
    )
    assert record.read(record.line(one)) == one
    assert event_json.restore(json.loads(record.line(one))["event"]) == telling.event


@given(TELLINGS)
def test_a_row_of_the_table_gives_the_same_telling(telling):
    row = table.row_of(telling.event, telling.unresolved, telling.source)
    assert Telling.of(*table.read_row(row)) == telling


@settings(max_examples=40, deadline=None)
@given(st.lists(TELLINGS, min_size=1, max_size=6), st.booleans())
def test_what_is_added_is_read_and_exported_again(tellings, by_csv):
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "one")
        ledger.add([Entry(telling) for telling in tellings], by="t")
        read = Ledger(Path(folder) / "one")
        assert told(read) == {telling.id: telling for telling in tellings}
        out = io.StringIO()
        (as_csv if by_csv else as_jsonl)(read.iterate(read.rows), out)
        path = Path(folder) / ("out.csv" if by_csv else "out.jsonl")
        path.write_text(out.getvalue(), encoding="utf-8")
        entries, refused = intake.read(path)
        assert refused == []
        again = Ledger(Path(folder) / "two")
        again.add(entries, by="t")
        assert told(again) == told(read)
        assert again.rows["id"].to_pylist() == read.rows["id"].to_pylist()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_grouping_does_not_depend_on_the_order_or_the_batches(data):
    tellings = data.draw(st.lists(CLOSE, min_size=2, max_size=9, unique_by=lambda t: t.id))
    shuffled = data.draw(st.permutations(tellings))
    cut = data.draw(st.integers(0, len(tellings)))
    with TemporaryDirectory() as folder:
        found = []
        for name, batches in (("one", [tellings]), ("two", [shuffled[:cut], shuffled[cut:]])):
            ledger = Ledger(Path(folder) / name)
            for batch in batches:
                ledger.add([Entry(telling) for telling in batch], by="t")
            rows = ledger.rows.to_pylist()
            found.append({frozenset(row["tellings"]): (row["start"], row["end"]) for row in rows})
            before = len(rows)
            added = ledger.add([Entry(telling) for telling in tellings], by="t")
            assert (len(ledger.rows), added.known, added.recorded) == (before, len(tellings), ())
            assert len({row["id"] for row in rows}) == len(rows)
    assert found[0] == found[1]


@given(st.lists(CLOSE, min_size=1, max_size=9, unique_by=lambda t: t.id))
def test_a_group_agrees_throughout_and_has_a_day_in_common(tellings):
    nodes = [Node(telling.id, telling.event) for telling in tellings]
    groups = sameness.groups(nodes)
    assert sorted(n for group in groups for n in group.members) == list(range(len(nodes)))
    for group in groups:
        events = [nodes[n].event for n in group.members]
        assert all(not sameness.difference(a, b) for a in events for b in events)
        assert max(e.date.start for e in events) <= min(e.date.end for e in events)
        # Brute force: those outside that agree with one member agree with all of them.
        for n, node in enumerate(nodes):
            if n not in group.members:
                verdicts = {not sameness.difference(node.event, event) for event in events}
                assert len(verdicts) == 1
