"""The ledger: statements recorded once, told by several sources, never overwritten."""

from throughflow.statements.ledger.adding import Added, Entry
from throughflow.statements.ledger.record import Record, Telling
from throughflow.statements.ledger.selection import Selection
from throughflow.statements.ledger.store import Ledger, open_ledger

__all__ = ["Added", "Entry", "Ledger", "Record", "Selection", "Telling", "open_ledger"]
