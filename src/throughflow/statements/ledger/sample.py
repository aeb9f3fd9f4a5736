"""The ledger that ships with the package: hand-coded, each row with its source."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from throughflow.statements.ledger import adding, index, intake, record
from throughflow.statements.ledger.versions import Stamp

# When the rows were last read against their sources.
CHECKED = "2026-11-29T00:00:00+00:00"


def path() -> Path:
    """Return the file of the sample."""
    return Path(str(resources.files("throughflow.statements") / "data" / "sample.csv"))


def lines() -> list[bytes]:
    """Return the lines of the sample's log."""
    entries, refused = intake.read(path())
    intake.all_or_nothing(path(), refused)
    stamp = Stamp("throughflow", "coded by hand from the source named", CHECKED)
    made, _ = adding.plan(entries, index.empty().rows, lambda _: [], stamp)
    return [record.line(one) for one in made]
