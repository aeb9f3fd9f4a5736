"""``throughflow statements extract``: what states said and did, from a news text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from throughflow.cli import printing


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--published", metavar="YYYY-MM-DD", help="Day of publication.")
@click.option("--lang", metavar="LANG", help="Language, such as pl. Default: recognised.")
@click.option("--url", default="", metavar="URL", help="Where it was published.")
@click.option("--publisher", default="", metavar="NAME", help="Who published it.")
@click.option("--speaker", metavar="NAME", help="Who speaks where the text names nobody.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def extract(
    file: Path,
    published: str | None,
    lang: str | None,
    url: str,
    publisher: str,
    speaker: str | None,
    *,
    as_json: bool,
) -> None:
    """Read what states said and did from FILE, plain text or a saved page.

    An event is asserted only if who acted, on whom and how it was said are all clear; what is
    open, only possible, or somebody's opinion is listed as a candidate. FILE may be - for
    standard input. With --json the answer is a file that `throughflow statements add` takes.
    """
    from throughflow.statements import document, plain
    from throughflow.statements import extract as extraction

    read = document.read(
        _source(file), published=_day(published), url=url, publisher=publisher, **_language(lang)
    )
    found = extraction.extract(read, speaker=speaker)
    data = plain.plain(read, found)
    if as_json:
        printing.as_json(data)
    else:
        _tables(data)


def _source(file: Path) -> Path | bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file


def _language(lang: str | None) -> dict[str, Any]:
    return {} if lang is None else {"lang": lang.lower()}


def _day(text: str | None) -> Any:
    """Read ``--published``."""
    from datetime import date

    from throughflow.errors import UsageError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is not a day", where="--published", remedy="Write it as 2022-04-29"
        ) from None


def _tables(data: dict[str, Any]) -> None:
    from rich.table import Table

    from throughflow.model.statements import KINDS

    console = printing.console()
    head = data["document"]
    console.print(
        f"{head['title']} ({head['lang']}, {head['published'] or 'undated'}): "
        f"{len(data['events'])} events, {len(data['candidates'])} candidates, "
        f"{len(data['quotes'])} quotes"
    )
    if data["events"]:
        table = Table(box=None, title="Events", title_justify="left")
        for name in ("when", "who", "did", "to whom", "words"):
            table.add_column(name)
        for one in data["events"]:
            table.add_row(
                _when(one["date"]),
                _who(one["actors"]),
                KINDS[one["kind"]][2],
                _who(one["targets"]),
                _words(one["spans"][0]["text"]),
            )
        console.print(table)
    if data["candidates"]:
        table = Table(box=None, title="Candidates, not asserted", title_justify="left")
        for name in ("open", "who", "might have", "words"):
            table.add_column(name)
        for one in data["candidates"]:
            table.add_row(
                ", ".join(one["unresolved"]),
                _who(one["actors"]),
                KINDS[one["kind"]][2],
                _words(one["spans"][0]["text"]),
            )
        console.print(table)
    if data["quotes"]:
        table = Table(box=None, title="Quotes", title_justify="left")
        for name in ("speaker", "for", "how", "words"):
            table.add_column(name)
        for one in data["quotes"]:
            how = "quoted" if one["direct"] else "reported"
            table.add_row(
                one["speaker"] or "–", one["speaker_country"] or "–", how, _words(one["text"])
            )
        console.print(table)


def _when(found: dict[str, Any]) -> str:
    start, end = found["start"] or "…", found["end"] or "…"
    days = start if start == end else f"{start} to {end}"
    return f"{days} ({found['basis']})"


def _who(actors: list[dict[str, Any]]) -> str:
    return ", ".join(
        f"{one['country'] or '?'} ({one['person']})" if one["person"] else one["country"] or "?"
        for one in actors
    )


def _words(text: str, longest: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"
