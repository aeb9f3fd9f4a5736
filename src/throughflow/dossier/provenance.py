"""What a dossier was made from: its datasets, its queries, and the command that asks again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from throughflow.dossier.model import Query, Source
from throughflow.trade.request import Request
from throughflow.warehouse.store import sql_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from throughflow.trade.study import Study
    from throughflow.warehouse import Warehouse


def queries(names: Iterable[str]) -> tuple[Query, ...]:
    """Return the text of the queries behind the numbers."""
    return tuple(Query(name, sql_text("throughflow.trade", name)) for name in names)


def as_of(warehouse: Warehouse, study: Study) -> date | None:
    """Return the day of the newest extraction of the dataset a study reads."""
    days = [
        e.as_of
        for e in warehouse.manifest.editions
        if e.dataset == study.series.dataset and e.as_of is not None
    ]
    return max(days, default=None)


def sources(
    warehouse: Warehouse,
    study: Study,
    others: Iterable[str] = (),
) -> tuple[Source, ...]:
    """List the dataset that a study read, and others that were read for the same dossier."""
    used = dict.fromkeys((study.series.dataset, *others))
    found = []
    for dataset in used:
        editions = [e for e in warehouse.manifest.editions if e.dataset == dataset]
        digest = hashlib.sha256("\n".join(sorted(e.digest for e in editions)).encode())
        days = [e.as_of for e in editions if e.as_of]
        sentences = [part for e in editions for part in e.note.split(". ") if part]
        notes = list(dict.fromkeys(part.rstrip(".") + "." for part in sentences))
        found.append(
            Source(
                publisher=editions[0].publisher,
                dataset=dataset,
                title=editions[0].title,
                as_of=max(days, default=None),
                files=len(editions),
                rows=sum(e.rows for e in editions),
                digest=digest.hexdigest(),
                note=" ".join(notes),
            )
        )
    return tuple(found)


def command(verb: str, request: Request) -> str:
    """Write the command that asks a question again; options with their default are left out."""
    default = Request()
    parts = ["throughflow", verb]
    if request.target != default.target:
        parts += ["--target", request.target]
    for option, value, usual in (
        ("--window", request.window, default.window),
        ("--base", request.base, default.base),
        ("--list", request.control_list, default.control_list),
        ("--currency", request.currency, default.currency),
        ("--dataset", request.dataset, default.dataset),
    ):
        if value != usual:
            parts += [option, str(value)]
    if request.reporters:
        parts += ["--reporter", ",".join(request.reporters)]
    if request.treat_from != default.treat_from:
        parts += ["--treat-from", f"{request.treat_from:%Y-%m}"]
    if request.whole_codes_only:
        parts.append("--whole-codes")
    return " ".join(parts)


def all_of_it(hub: str, study: Study) -> str:
    """Return the command that prints every family of the decomposition, with nothing to guess."""
    asked = replace(
        study.request, window=study.window, base=study.base, dataset=study.series.dataset
    )
    return command(f"decompose {hub}", asked).replace(" --reporter ", " --origin ")
