"""One verdict mark per witness, for the masthead of a dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.dossier.model import Mark
from throughflow.dossier.saydo.model import CONSISTENT, INCONCLUSIVE, INCONSISTENT, UNTESTABLE
from throughflow.evidence import verdict
from throughflow.reference import countries

if TYPE_CHECKING:
    from throughflow.dossier.roads import Roads
    from throughflow.dossier.saydo.model import SayDo
    from throughflow.trade.finding import Row

NOT_ASKED = "not asked"
NOT_YET = "this witness has not been asked"
# Of several claims the mark shows the first of these that any claim has.
GRAVEST_FIRST = (INCONSISTENT, INCONCLUSIVE, CONSISTENT, UNTESTABLE)


def marks(
    total: Row, saydo: SayDo | None, no_saydo: str, roads: Roads | None, no_roads: str
) -> tuple[Mark, ...]:
    """Return a mark for each of the five witnesses.

    Args:
        total: The hub's total, judged by trade.
        saydo: What the state said, held against trade.
        no_saydo: Why there is none.
        roads: Roads to the hub.
        no_roads: Why there are none.
    """
    return (
        Mark("trade", total.verdict, total.reason),
        Mark("parties", NOT_ASKED, NOT_YET),
        Mark("shipments", NOT_ASKED, NOT_YET),
        _statements(saydo, no_saydo),
        _routes(roads, no_roads),
    )


def _statements(saydo: SayDo | None, reason: str) -> Mark:
    if saydo is None:
        return Mark("statements", NOT_ASKED, reason)
    tests = [test for one in saydo.statements for test in one.tests]
    word = next(word for word in GRAVEST_FIRST if any(test.verdict == word for test in tests))
    counts = {one: sum(test.verdict == one for test in tests) for one in GRAVEST_FIRST}
    told = ", ".join(f"{number} {one}" for one, number in counts.items() if number)
    why = next(test.reason for test in tests if test.verdict == word)
    return Mark("statements", word, f"{len(tests)} claims are {told}; {why}")


def _routes(roads: Roads | None, reason: str) -> Mark:
    """Say that no consignment's road is known: a table of roads alone proves nothing."""
    if roads is None:
        return Mark("routes", NOT_ASKED, reason)
    best = roads.finding.best
    crossed = [
        countries.name(code)
        for code in roads.around
        if best and code in {part[:2] for part in best.territories}
    ]
    told = (
        f"the shortest from {countries.name(roads.origin)} crosses {' and '.join(crossed)}"
        if crossed
        else f"the shortest from {countries.name(roads.origin)} does not cross the target"
    )
    return Mark("routes", verdict.CANNOT_TELL, f"no consignment’s road is in the data; {told}")
