"""Whatever is added and decided, in whatever order: nothing is lost, and every version follows."""

from __future__ import annotations

import hashlib
import random
from contextlib import suppress
from itertools import pairwise

import pytest

from throughflow.errors import ThroughflowError
from throughflow.statements.ledger import Ledger, index, record

STEPS = 25


def invented(chance, told):
    first = chance.randrange(1, 9)
    last = min(9, first + chance.choice([0, 0, 0, 1, 4]))
    open_slots = {"unresolved": ["modality"]} if chance.random() < 0.15 else {}
    return told(
        date={
            "start": f"2022-04-0{first}",
            "end": None if chance.random() < 0.05 else f"2022-04-0{last}",
        },
        kind=chance.choice(["denial", "aid"]),
        actors=[{"country": "KZ", "person": chance.choice([None, "Tileuberdi", "Tokayev"])}],
        targets=chance.choice([[], ["UA"], ["RU"]]),
        certainty=chance.choice(["quoted", "reported"]),
        url=f"https://a.example/{chance.randrange(5)}",
        **open_slots,
    )


def decide(chance, ledger):
    ids = ledger.rows["id"].to_pylist()
    what = chance.choice(["reject", "edit", "split", "join"])
    one = ledger.find(chance.choice(ids))
    if what == "reject":
        ledger.review(one.id, by="t", reason="x", decision="reject")
    elif what == "edit":
        edits = {"start": f"2022-04-0{chance.randrange(1, 9)}"}
        ledger.review(one.id, by="t", reason="x", edits=edits)
    elif what == "split":
        ledger.split(one.id, [chance.choice(one.tellings).id], by="t", reason="x")
    else:
        ledger.join(one.id, chance.choice(ids), by="t", reason="x")


# In 84 a statement that was joined to another, and so rejected, is joined once more.
@pytest.mark.parametrize("seed", [1, 2, 3, 84])
def test_nothing_is_lost_and_every_version_follows(ledger, told, seed):
    chance = random.Random(seed)  # noqa: S311
    added = set()
    for _ in range(STEPS):
        if chance.random() < 0.6 or not len(ledger.rows):
            entries = [invented(chance, told) for _ in range(chance.randrange(1, 5))]
            ledger.add(entries, by="t")
            added |= {entry.telling.id for entry in entries}
        else:
            with suppress(ThroughflowError):  # some decisions are refused, and change nothing
                decide(chance, ledger)
        rows = ledger.rows.to_pylist()
        assert {telling for row in rows for telling in row["tellings"]} == added
        standing = [t for row in rows if row["status"] != "rejected" for t in row["tellings"]]
        assert len(standing) == len(set(standing))
    again = Ledger(ledger.folder)
    assert again.rows.equals(ledger.rows)
    (ledger.folder / index.NAME).unlink()
    assert Ledger(ledger.folder).rows.equals(ledger.rows)
    for known in again.rows["id"].to_pylist():
        versions = again.history(known)
        assert [one.version for one in versions] == list(range(1, len(versions) + 1))
        for before, after in pairwise(versions):
            assert after.previous == hashlib.sha256(record.line(before)).hexdigest()
