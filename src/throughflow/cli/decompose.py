"""``throughflow decompose``: where the excess of one hub went."""

from __future__ import annotations

from typing import Any

import click

from throughflow.cli import options, printing

PARTS = (
    "unrecorded", "arrived", "reexported_most", "reexported_proportional", "absorbed_least",
    "absorbed_most",
)  # fmt: skip
ENDS = ("", "_low", "_high", "_share", "_share_low", "_share_high")
COLUMNS = (
    "hub", "target", "basis", "family", "products", "families", "currency", "sent", "excess_sent",
    "excess_sent_low", "excess_sent_high", "arrived_total", "forwarded", "excess_forwarded",
    "forwarded_mirror", "base_ratio", "ratio_level",
    *(f"{form}_{part}{end}" for form in ("adjusted", "raw") for part in PARTS for end in ENDS),
    "pass_through", "pass_through_low", "pass_through_high", "pass_through_whole",
    "pass_through_lag", "pass_through_against", "reason", "label",
)  # fmt: skip
SHOWN = 25


@click.command()
@click.argument("hub")
@options.warehouse
@click.option(
    "--origin",
    "reporters",
    type=options.Countries(),
    default="",
    help="Where the goods come from. Default: the coalition.",
)
@options.question
@click.option("--lag", type=click.IntRange(0, 3), default=0, show_default=True,
              help="Months from leaving to arriving.")  # fmt: skip
@click.option("--basis", type=click.Choice(["consignment", "origin"]),
              help="What makes the partner in the hub's imports. Default: each told.")  # fmt: skip
@click.option("--expected", type=click.Choice(["base", "counterfactual"]), default="base",
              show_default=True, help="What exports to the hub are compared with.")  # fmt: skip
@click.option("--limit", type=click.IntRange(min=1), default=SHOWN, show_default=True,
              help="Rows of the table.")  # fmt: skip
@options.output_format
def command(
    hub: str, folder: str | None, lag: int, basis: str | None, expected: str, limit: int, form: str,
    *, as_json: bool, **question: Any,
) -> None:  # fmt: skip
    """Where the excess of one hub went: not recorded, re-exported at most, absorbed.

    HUB is a country: alpha-2, alpha-3 or a name. Needs what the hub itself records by product and
    month; without it the legs that are missing are named, and yearly totals are used.
    """
    from throughflow.dossier.replays import run_and_record
    from throughflow.reference import countries
    from throughflow.warehouse import open_warehouse

    request = options.request(by=(), partners=(), **question)
    parameters = request.parameters() | {
        "hub": countries.parse(hub, where="HUB"), "lag": lag, "basis": basis, "expected": expected,
    }  # fmt: skip
    with open_warehouse(folder) as warehouse:
        done = run_and_record(warehouse, "decompose", parameters)
    if as_json or form == "json":
        printing.as_json(printing.envelope(done))
    elif form == "csv":
        printing.as_csv(rows(done.result), COLUMNS)
    else:
        _tell(done, limit)


def rows(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Flatten a decomposition: the total of each basis, then its families."""
    return [
        _flat(result, told["basis"], row)
        for told in result["results"]
        for row in (told["total"], *told["rows"])
    ]


def _flat(result: dict[str, Any], basis: str, row: dict[str, Any]) -> dict[str, Any]:
    flat = {name: row[name] for name in COLUMNS if name in row} | {
        "hub": result["hub"], "target": result["target"], "basis": basis,
        "currency": result["currency"], "arrived_total": row["arrived"],
        "excess_sent": row["excess_sent"]["value"], "excess_sent_low": row["excess_sent"]["low"],
        "excess_sent_high": row["excess_sent"]["high"],
    }  # fmt: skip
    for form in ("adjusted", "raw"):
        for part in PARTS:
            for end in ENDS:
                flat[f"{form}_{part}{end}"] = row[form][part][end.lstrip("_") or "value"]
    passed = row["pass_through"]
    return flat | {
        "pass_through": passed["ratio"], "pass_through_low": passed["low"],
        "pass_through_high": passed["high"], "pass_through_whole": passed["whole"],
        "pass_through_lag": passed["lag"], "pass_through_against": passed["against"],
    }  # fmt: skip


def _tell(done: Any, limit: int) -> None:
    from throughflow.reference import countries

    result = done.result
    console = printing.console()
    name = countries.name(result["hub"])
    console.print(
        f"Where the excess went: {name}, {result['window']} against {result['base']}, "
        f"{result['currency']} million · replay id {done.id}"
    )
    for words in result["missing"]:
        console.print(f"not in the data: {words}")
    for left_out in result["months_left_out"]:
        console.print(f"left out with its twin: {left_out}")
    for told in result["results"]:
        _table(console, told, limit)
    _totals(console, result)
    for heading, reason in (
        ("prices of what was sent", result["prices_sent"]["reason"]),
        ("prices of what arrived", result["prices_arrived"]["reason"]),
        ("prices of what went on", result["prices_forwarded"]["reason"]),
        ("unrestricted neighbours", result["misdeclared"]["reason"]),
        ("origin against consignment", result["basis_gap"]["reason"]),
    ):
        if reason:
            console.print(f"{heading}: cannot tell, {reason}")
    for line in _substitution(result):
        console.print(line)
    for note in result["notes"]:
        console.print(f"note: {note}")


def _table(console: Any, told: dict[str, Any], limit: int) -> None:
    from rich.table import Table

    total = told["total"]
    table = Table(
        title=f"imports of the hub by {told['basis']}" if told["basis"] else None,
        caption="90 % intervals in brackets; unrecorded and re-exported on the exporter’s scale",
        box=None,
        title_justify="left",
        caption_justify="left",
    )
    for title, side in (
        ("goods", "left"), ("sent", "right"), ("excess", "right"), ("not recorded", "right"),
        ("re-exported at most", "right"), ("absorbed", "right"), ("pass-through", "right"),
    ):  # fmt: skip
        table.add_column(title, justify=side, no_wrap=True)  # type: ignore[arg-type]
    for row in (total, *told["rows"][:limit]):
        adjusted, passed = row["adjusted"], row["pass_through"]
        goods = "all that can be told" if row["family"] == "*" else row["family"]
        table.add_row(
            f"{goods} {row['label'][:24] if row['family'] != '*' else ''}".strip(),
            printing.millions(row["sent"]),
            _with_ends(row["excess_sent"]),
            _share(adjusted["unrecorded"]),
            _share(adjusted["reexported_most"]),
            f"{_percent(adjusted['absorbed_least']['share'])} to "
            f"{_percent(adjusted['absorbed_most']['share'])}",
            f"{printing.number(passed['ratio'])} (lag {passed['lag']})",
        )
    console.print(table)
    if total["reason"]:
        console.print(f"all: {total['reason']}")
    console.print(told["noise"])


def _totals(console: Any, result: dict[str, Any]) -> None:
    totals = result["totals"]
    if totals is None:
        console.print(f"yearly totals of all goods: cannot tell, {result['totals_reason']}")
        return
    console.print(
        f"all goods, {'–'.join(str(y) for y in totals['years'])}: "
        f"{_percent(totals['raw_share'])} ({_percent(totals['raw_low'])} to "
        f"{_percent(totals['raw_high'])}) of the additional exports {result['meaning']}; "
        f"ratio-adjusted {_percent(totals['adjusted_share'])}"
    )


def _substitution(result: dict[str, Any]) -> list[str]:
    if not result["substitution"]:
        return ["substitution ratio: cannot tell, direct exports to the target are not in the data"]
    total = result["substitution"][0]
    if total["ratio"] is None:
        return [f"substitution ratio: {total['reason']}"]
    ends = f"{printing.number(total['low'])} to {printing.number(total['high'])}"
    hubs = ", ".join(total["hubs"])
    found = f"substitution ratio: {total['ratio']:.2f} ({ends})"
    return [f"{found}, excess to {hubs} over the fall in direct exports"]


def _with_ends(estimate: dict[str, Any]) -> str:
    if estimate["low"] is None:
        return printing.millions(estimate["value"])
    return (
        f"{printing.millions(estimate['value'])} ({printing.millions(estimate['low'])} to "
        f"{printing.millions(estimate['high'])})"
    )


def _share(estimate: dict[str, Any]) -> str:
    if estimate["share"] is None:
        return "–"
    if estimate["share_low"] is None:
        return _percent(estimate["share"])
    low, high = (_percent(estimate[end]) for end in ("share_low", "share_high"))
    return f"{_percent(estimate['share'])} ({low} to {high})"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.0f} %"
