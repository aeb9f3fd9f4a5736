"""Rank the hubs of one target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from throughflow.dossier import words
from throughflow.dossier.build import hub_lines
from throughflow.dossier.model import Ranking
from throughflow.dossier.provenance import as_of, command, sources
from throughflow.reference import countries, memberships
from throughflow.reference.control_lists import ALL_GOODS
from throughflow.trade import excess
from throughflow.trade import study as studies

if TYPE_CHECKING:
    from throughflow.trade.request import Request
    from throughflow.warehouse import Warehouse


def build(warehouse: Warehouse, request: Request) -> Ranking:
    """Rank every destination in the data that may be a hub, by excess.

    Raises:
        InputError: An unknown target or list.
        DataError: No dataset can answer.
    """
    study = studies.build(warehouse, request)
    asked, used = study.request, study.goods.control_list
    target = countries.name(asked.target)
    subject = "all goods" if used.name == ALL_GOODS else "restricted goods"
    candidates = memberships.candidate_hubs(target=asked.target)
    return Ranking(
        target=asked.target,
        target_name=target,
        title=f"Hubs for {target}: {subject}, {study.window.words()}",
        window=str(study.window),
        window_words=study.window.words(),
        base=str(study.base),
        currency=asked.currency,
        list_title=used.title,
        list_reference=used.legal_reference,
        as_of=as_of(warehouse, study),
        exporters=study.panel.reporters,
        exporters_words=words.exporters(study.panel.reporters, study.window.last),
        not_in_data=tuple(code for code in candidates if code not in study.panel.partners),
        never_hubs=excess.never_hubs(study),
        rows=hub_lines(study),
        sources=sources(warehouse, study),
        command=command("hubs", request),
    )
