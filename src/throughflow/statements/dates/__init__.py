"""Dates as texts name them: "29 kwietnia", "three weeks ago", "в прошлую пятницу"."""

from throughflow.statements.dates.finder import find
from throughflow.statements.dates.mention import DateMention

__all__ = ["DateMention", "find"]
