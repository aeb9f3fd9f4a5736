"""Which verbs can be replayed, and what each of them computes."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from throughflow.dossier import ranking, replicate, sayings, whereto
from throughflow.dossier.build import build, mirror_datasets
from throughflow.dossier.saydo import build as saydo_build
from throughflow.evidence import runs
from throughflow.model.periods import Window
from throughflow.reference import countries, saydo_rules
from throughflow.routes import recorded as _routes  # noqa: F401 - registers its own
from throughflow.statements import recorded, standing
from throughflow.trade import ask, decompose, event_study, without_donors
from throughflow.trade import series as trade_series
from throughflow.trade import study as studies
from throughflow.trade.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from throughflow.dossier.model import Dossier, Ranking
    from throughflow.dossier.saydo.model import SayDo
    from throughflow.evidence.runs import Run
    from throughflow.statements.standing import Standing
    from throughflow.trade.decompose.decomposition import Decomposition
    from throughflow.trade.without_donors import Donors
    from throughflow.warehouse import Warehouse


def excess_rows(warehouse: Warehouse, parameters: dict[str, Any]) -> dict[str, Any]:
    """Compute the excess table of a question, with what a reader needs to judge it."""
    question = {k: v for k, v in parameters.items() if k != "minimum"}
    answer = ask.excess(warehouse, Request.from_parameters(question), minimum=parameters["minimum"])
    study = answer.study
    return {
        "window": str(study.window),
        "base": str(study.base),
        "dataset": study.series.dataset,
        "rungs": study.rungs,
        "fake_windows": [str(window) for window in studies.placebo_windows(study)],
        "second_leg": answer.leg is not None,
        "rows": answer.rows,
    }


def dossier(warehouse: Warehouse, parameters: dict[str, Any]) -> Dossier:
    """Build a dossier from plain parameters."""
    own = {"hub", "statements"}
    request = Request.from_parameters({k: v for k, v in parameters.items() if k not in own})
    return build(
        warehouse,
        hub=parameters["hub"],
        # Runs recorded before statements were asked carry none.
        statements=sayings.read(parameters.get("statements", ())),
        target=request.target,
        reporters=request.reporters,
        window=request.window,
        base=request.base,
        control_list=request.control_list,
        treat_from=request.treat_from,
        currency=request.currency,
        whole_codes_only=request.whole_codes_only,
        dataset=request.dataset,
    )


def dossier_run(warehouse: Warehouse, parameters: dict[str, Any]) -> tuple[Dossier, Run]:
    """Build a dossier once, and return it both as itself and as a run to record."""
    return runs.both(warehouse, "dossier", parameters, dossier)


def hubs(warehouse: Warehouse, parameters: dict[str, Any]) -> Ranking:
    """Rank the hubs of a target."""
    return ranking.build(warehouse, Request.from_parameters(parameters))


def hubs_run(warehouse: Warehouse, parameters: dict[str, Any]) -> tuple[Ranking, Run]:
    """Rank hubs once, and return the ranking both as itself and as a run to record."""
    return runs.both(warehouse, "hubs", parameters, hubs)


def dates(warehouse: Warehouse, parameters: dict[str, Any]) -> dict[str, Any]:
    """Compute the event study of one hub."""
    hub = countries.parse(parameters["hub"], where="HUB")
    own = {"hub", "goods", "rung"}
    request = Request.from_parameters({k: v for k, v in parameters.items() if k not in own})
    # A hub under study is no donor.
    study = studies.build(warehouse, replace(request, partners=(hub,)))
    found = event_study.of(study, hub, goods=tuple(parameters["goods"]), rung=parameters["rung"])
    return {
        "hub_name": countries.name(hub),
        "target": study.request.target,
        "window": str(study.window),
        "dataset": study.series.dataset,
        **{field.name: getattr(found, field.name) for field in fields(found)},
    }


def donors(warehouse: Warehouse, parameters: dict[str, Any]) -> Donors:
    """Leave each donor out of the expectation of one hub."""
    hub = countries.parse(parameters["hub"], where="HUB")
    request = Request.from_parameters({k: v for k, v in parameters.items() if k != "hub"})
    # A hub under study is no donor.
    return without_donors.of(studies.build(warehouse, replace(request, partners=(hub,))), hub)


def saydo(warehouse: Warehouse, parameters: dict[str, Any]) -> SayDo:
    """Test what a state said against trade, from plain parameters.

    The statements are among the parameters, so that a replay asks about the same words whatever
    has been written since.
    """
    own = {"hub", "statements", "margin", "rules"}
    return saydo_build.of(
        warehouse,
        Request.from_parameters({k: v for k, v in parameters.items() if k not in own}),
        parameters["hub"],
        sayings.events(sayings.read(parameters["statements"])),
        margin=parameters["margin"],
        rules=saydo_rules.edition(parameters["rules"]),
    )


def saydo_run(warehouse: Warehouse, parameters: dict[str, Any]) -> tuple[SayDo, Run]:
    """Test once, and return the result both as itself and as a run to record."""
    return runs.both(warehouse, "saydo", parameters, saydo)


def stance(_warehouse: Warehouse, parameters: dict[str, Any]) -> Standing:
    """Set the components of a state's stance side by side, from plain parameters.

    The statements are among the parameters, as those of `saydo` are; no warehouse is read.
    """
    said = sayings.read(parameters["statements"])
    return standing.of(
        recorded.held(parameters["votes"]),
        parameters["hub"],
        Window.parse(parameters["window"]),
        target=parameters["target"],
        events=sayings.events(said),
        ids=[one.id for one in said],
    )


def stance_run(warehouse: Warehouse, parameters: dict[str, Any]) -> tuple[Standing, Run]:
    """Ask once, and return the stance both as itself and as a run to record."""
    return runs.both(warehouse, "stance", parameters, stance)


def decomposition(warehouse: Warehouse, parameters: dict[str, Any]) -> Decomposition:
    """Decompose the excess of one hub from plain parameters."""
    own = {"hub", "lag", "basis", "expected"}
    request = Request.from_parameters({k: v for k, v in parameters.items() if k not in own})
    expectation = None
    if parameters["expected"] == "counterfactual":
        study = studies.build(warehouse, request)
        request = replace(request, window=study.window, base=study.base)
        expectation = decompose.expectation(study, parameters["hub"])
    return decompose.of(
        warehouse,
        request,
        parameters["hub"],
        lag=parameters["lag"],
        basis=parameters["basis"],
        expectation=expectation,
    )


def _everything(warehouse: Warehouse, _parameters: dict[str, Any]) -> Iterable[str]:
    return {edition.dataset for edition in warehouse.manifest.editions}


def _dataset_of(warehouse: Warehouse, parameters: dict[str, Any]) -> Iterable[str]:
    if parameters.get("dataset"):
        return {parameters["dataset"]}
    return trade_series.datasets(warehouse)


def _dossier_inputs(warehouse: Warehouse, parameters: dict[str, Any]) -> Iterable[str]:
    request = Request.from_parameters({k: v for k, v in parameters.items() if k != "hub"})
    return {
        *_dataset_of(warehouse, parameters),
        *mirror_datasets(warehouse, parameters["hub"]),
        *whereto.datasets(warehouse, request, parameters["hub"]),
    }


runs.register("excess", excess_rows, _dataset_of)
runs.register("hubs", hubs, _dataset_of)
runs.register("dates", dates, _dataset_of)
runs.register("donors", donors, _dataset_of)
runs.register("saydo", saydo, _dataset_of)
runs.register("stance", stance, tables=(*recorded.TABLES, "borders.csv"))
runs.register("dossier", dossier, _dossier_inputs)
runs.register("decompose", decomposition, _everything)
runs.register("replicate", lambda w, _p: {"rows": replicate.rows(w)}, _everything)


def run_and_record(warehouse: Warehouse, verb: str, parameters: dict[str, Any]) -> Run:
    """Run a verb and keep its record."""
    done = runs.run(warehouse, verb, parameters)
    runs.record(warehouse, done)
    return done
