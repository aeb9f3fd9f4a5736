"""Options that several verbs share, and what they mean."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from throughflow.model.periods import Window, parse_month

if TYPE_CHECKING:
    from collections.abc import Callable

    from throughflow.trade.request import Request


class Countries(click.ParamType[tuple[str, ...]]):
    """A comma-separated list of countries: alpha-2, alpha-3 or names."""

    name = "COUNTRIES"

    def convert(self, value: Any, _param: Any, _ctx: Any) -> tuple[str, ...]:
        """Split at commas; the names are resolved when the data are read."""
        if isinstance(value, tuple):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())


class Codes(Countries):
    """A comma-separated list of beginnings of product codes."""

    name = "CODES"


class Months(click.ParamType[Window]):
    """A window of months, FIRST:LAST."""

    name = "YYYY-MM:YYYY-MM"

    def convert(self, value: Any, param: Any, _ctx: Any) -> Window:
        """Read the window; a malformed one is an input error that names the option."""
        if isinstance(value, Window):
            return value
        return Window.parse(value, where=f"--{param.name}" if param else "")


def warehouse(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--warehouse``."""
    return click.option(
        "--warehouse",
        "folder",
        metavar="DIR",
        help="Warehouse folder. Default: $THROUGHFLOW_WAREHOUSE, ./throughflow-data, the sample.",
    )(function)


def ledger(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the ledger of statements."""
    return click.option(
        "--ledger",
        "ledger",
        metavar="DIR",
        help="Statements. Default: $THROUGHFLOW_LEDGER, ./throughflow-statements, the sample.",
    )(function)


def statements(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names a file of statements in place of a ledger."""
    return click.option(
        "--statements",
        "file",
        type=click.Path(path_type=Path),
        help="Statements as `throughflow statements add` takes them, in place of a ledger.",
    )(function)


def votes(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that names the user's own file of votes."""
    return click.option(
        "--votes",
        "path",
        type=click.Path(path_type=Path),
        envvar="THROUGHFLOW_VOTES",
        metavar="FILE",
        help="Votes of your own: the UN Digital Library's export, or roll calls with a column per "
        "state. Default: $THROUGHFLOW_VOTES, else the shipped table alone.",
    )(function)


def question(function: Callable[..., Any], *, has_window: bool = True) -> Callable[..., Any]:
    """Add the options that make up a question to the trade witness.

    Args:
        function: The command.
        has_window: Whether the months are the user's to choose.
    """
    months = (
        click.option("--window", type=Months(), help="Months asked about. Default: all treated."),
        click.option("--base", type=Months(), help="Months shown for comparison only."),
    )
    for option in (
        click.option("--target", default="RU", show_default=True, help="The sanctioned state."),
        click.option(
            "--reporter", "reporters", type=Countries(), default="", help="Exporters. Default: all."
        ),
        *(months if has_window else ()),
        click.option(
            "--list",
            "control_list",
            default="eu-2023-01",
            show_default=True,
            metavar="LIST",
            help="Control list: a name, a CSV file, or all.",
        ),
        click.option(
            "--treat-from",
            default="2022-03",
            show_default=True,
            metavar="YYYY-MM",
            help="First treated month of codes whose list gives no date.",
        ),
        click.option("--currency", default="EUR", show_default=True, help="Currency of amounts."),
        click.option(
            "--whole-codes", is_flag=True, help="Only wholly restricted codes, after wind-down."
        ),
        click.option("--dataset", help="Dataset to use. Default: the one with most listed goods."),
    ):
        function = option(function)
    return function


def output_format(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json`` and ``--format``."""
    function = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)
    return click.option(
        "--format",
        "form",
        type=click.Choice(["table", "csv", "json"]),
        default="table",
        help="Print a table, CSV or JSON.",
    )(function)


def request(
    *,
    target: str,
    partners: tuple[str, ...],
    reporters: tuple[str, ...],
    window: Window | None,
    base: Window | None,
    control_list: str,
    treat_from: str,
    currency: str,
    whole_codes: bool,
    dataset: str | None,
    by: tuple[str, ...],
) -> Request:
    """Build the question from the options of `question`."""
    from throughflow.trade.request import Request

    return Request(
        target=target,
        partners=partners,
        reporters=reporters,
        window=window,
        base=base,
        # A file is named by its whole path, so that a replay finds it from anywhere.
        control_list=str(Path(control_list).resolve())
        if Path(control_list).is_file()
        else control_list,
        by=by,
        treat_from=parse_month(treat_from, where="--treat-from"),
        currency=currency.upper(),
        whole_codes_only=whole_codes,
        dataset=dataset,
    )
