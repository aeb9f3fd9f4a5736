"""``throughflow get``: download from a publisher, then load what was got."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from throughflow.cli import load as load_verb
from throughflow.cli import printing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.progress import TaskID

    from throughflow.errors import ThroughflowError, UsageError
    from throughflow.sources.catalogue import Dataset, Source
    from throughflow.sources.fetch import Fetcher, Request
    from throughflow.sources.selection import Selection
    from throughflow.warehouse.downloads import DownloadReport

EXAMPLES = """\b
Examples:
  throughflow get --list
  throughflow get comtrade --reporter AM --period 2022 --product 851713 --dry-run
  throughflow get comext --reporter DE --partner KZ --product 84715000 --period 2022-01:2022-12
  throughflow get comext --dataset bulk --period 2024-03
  throughflow get baci --edition HS17
"""
MEBIBYTE = 2**20


class Listed(click.ParamType[tuple[str, ...]]):
    """Values separated by commas."""

    name = "LIST"

    def convert(self, value: Any, _param: Any, _ctx: Any) -> tuple[str, ...]:
        """Split at commas."""
        if isinstance(value, tuple):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class Planned:
    """A request that `--dry-run` shows.

    Attributes:
        url: Address, without any key.
        what: What it gets.
        file: Name it would be kept under; empty for a listing, which is read and not kept.
        kind: What the answer should be.
        key: Header or parameter the key would travel in, empty if none is sent.
        largest: Bytes above which the answer would be refused.
    """

    url: str
    what: str
    file: str
    kind: str
    key: str
    largest: int


@click.command(epilog=EXAMPLES)
@click.argument("name", metavar="[SOURCE]", required=False)
@click.option("--list", "listing", is_flag=True, help="What can be had: datasets, limits, terms.")
@click.option("--dataset", "dataset_name", metavar="NAME", help="Which dataset of the source.")
@click.option("--period", "periods", type=Listed(), default="", help="2022, 2022-03, FIRST:LAST.")
@click.option("--reporter", "reporters", type=Listed(), default="", help="Who reports.")
@click.option("--partner", "partners", type=Listed(), default="", help="With whom. Default: all.")
@click.option("--product", "products", type=Listed(), default="", help="HS or CN codes.")
@click.option("--flow", "flows", type=Listed(), default="", help="export, import. Default: all.")
@click.option("--freq", type=click.Choice(["A", "M"]), help="Told by the periods if not given.")
@click.option("--edition", metavar="HSnn", help="HS edition of BACI. Default: HS17.")
@click.option("--release", metavar="YYYYMM", help="Release of BACI. Default: the newest.")
@click.option("--key", help="The publisher's key; better in its environment variable.")
@click.option("--address", metavar="URL", help="Base address instead of the publisher's.")
@click.option("--largest", type=click.IntRange(1), metavar="MB", help="Refuse longer answers.")
@click.option("--attempts", type=click.IntRange(1, 20), default=5, show_default=True)
@click.option(
    "--silence",
    type=click.FloatRange(0.1, 3600),
    metavar="SECONDS",
    default=90.0,
    show_default=True,
    help="Give a connection up when nothing comes.",
)
@click.option("--dry-run", is_flag=True, help="Show the requests and send none.")
@click.option("--no-load", is_flag=True, help="Download only.")
@click.option("--warehouse", "folder", metavar="DIR", help="Folder. Default: ./throughflow-data.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    name: str | None,
    dataset_name: str | None,
    folder: str | None,
    key: str | None,
    address: str | None,
    largest: int | None,
    attempts: int,
    silence: float,
    *,
    listing: bool,
    dry_run: bool,
    no_load: bool,
    as_json: bool,
    **selected: Any,
) -> int:
    """Download a selection from a publisher, then load it.

    This is the only verb that uses the network. A download that breaks off goes on where it
    stopped when the command is run again; a file that did not change is not got twice. Files stay
    in the warehouse folder, under downloads/.
    """
    from throughflow.errors import UsageError
    from throughflow.sources import catalogue, plans
    from throughflow.sources.selection import Selection

    if listing:
        return _list(name, as_json=as_json)
    if name is None:
        raise UsageError(
            "no source was named", remedy=f"One of {', '.join(catalogue.NAMES)}; see --list"
        )
    source = catalogue.find(name)
    if source is None:
        raise _unknown("source", name, catalogue.NAMES)
    key = (key or (os.environ.get(source.key.variable, "") if source.key else "")).strip()
    dataset = source.dataset(dataset_name, with_key=bool(key))
    if dataset is None:
        known = [one.name for one in source.datasets]
        raise _unknown("dataset", dataset_name or "", known)
    selection = Selection(**{field: value or _EMPTY[field] for field, value in selected.items()})
    requests = plans.requests(
        source,
        dataset,
        selection,
        # A dry run needs no key: it only says where the key would travel.
        key=key or ("none" if dry_run and dataset.needs_key else ""),
        address=address or "",
        largest=largest * MEBIBYTE if largest else None,
    )
    if dry_run:
        return _show(source, dataset, requests, as_json=as_json)
    return _get(
        source,
        dataset,
        selection,
        requests,
        _folder(folder),
        attempts=attempts,
        silence=silence,
        no_load=no_load,
        as_json=as_json,
    )


_EMPTY: dict[str, Any] = {
    **dict.fromkeys(("periods", "reporters", "partners", "products", "flows"), ()),
    **dict.fromkeys(("freq", "edition", "release"), ""),
}


def _unknown(kind: str, value: str, known: Iterable[str]) -> UsageError:
    from throughflow.errors import InputError, UsageError

    error = InputError.unknown(kind, value, known)
    return UsageError(error.what, remedy=error.remedy)


def file_type() -> type:
    """Return the type of a file in the result, for its schema."""
    from throughflow.warehouse.downloads import Downloaded

    return Downloaded


def _folder(given: str | None) -> Path:
    from throughflow.warehouse.store import DEFAULT_FOLDER, ENVIRONMENT

    return Path(given or os.environ.get(ENVIRONMENT) or DEFAULT_FOLDER)


def _get(
    source: Source,
    dataset: Dataset,
    selection: Selection,
    requests: tuple[Request, ...],
    folder: Path,
    *,
    attempts: int,
    silence: float,
    no_load: bool,
    as_json: bool,
) -> int:
    from throughflow.sources.fetch import Fetcher, Patience
    from throughflow.sources.politeness import Rate
    from throughflow.sources.transport import Timeouts
    from throughflow.warehouse import load
    from throughflow.warehouse.downloads import readable

    fetcher = Fetcher(
        Rate(source.per_second, source.burst),
        Patience(attempts),
        Timeouts(connect=min(20.0, silence), read=silence),
    )
    report = _download(source, dataset, selection, requests, folder, fetcher)
    known, unread = readable([Path(file.path) for file in report.files])
    loaded = load(known, folder) if known and not no_load else None
    if as_json:
        printing.as_json(
            {
                "source": source.name,
                "dataset": dataset.name,
                "warehouse": str(folder),
                "files": [asdict(file) for file in report.files],
                "failed": load_verb.errors(report.failed),
                "unread": load_verb.errors(unread),
                "retried": report.retried,
                "load": load_verb.plain(loaded) if loaded else None,
            }
        )
    else:
        _tell(source, report, unread)
        if loaded:
            load_verb.tell(loaded)
    codes = {error.exit_code for _, error in report.failed}
    if loaded and loaded.failed:
        codes.add(3)
    # What stands in the way of everything else comes first: the network, then the key, then data.
    return next((code for code in (4, 2, 3) if code in codes), max(codes, default=0))


def _download(
    source: Source,
    dataset: Dataset,
    selection: Selection,
    requests: tuple[Request, ...],
    folder: Path,
    fetcher: Fetcher,
) -> DownloadReport:
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    from throughflow.warehouse.downloads import download

    console = printing.console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        shown: list[TaskID] = []

        def starting(request: Request, number: int, total: int) -> None:
            while shown:
                bar.remove_task(shown.pop())
            shown.append(bar.add_task(f"{number + 1}/{total} {request.what[:48]}", total=None))

        def progress(got: int, total: int | None) -> None:
            bar.update(shown[-1], completed=got, total=total)

        fetcher.progress = progress
        return download(
            requests,
            folder,
            fetcher,
            source=source,
            dataset=dataset,
            selection=selection,
            starting=starting,
        )


def _tell(
    source: Source, report: DownloadReport, unread: list[tuple[str, ThroughflowError]]
) -> None:
    for file in report.files:
        note = f" ({file.note})" if file.note else ""
        click.echo(f"{file.state}: {file.what}, {file.bytes:,} bytes{note}")
    if report.files:
        click.echo(f"kept in {Path(report.files[0].path).parent}. Terms: {source.terms}")
    for path, error in unread:
        click.echo(f"kept, but no reader knows its layout yet: {Path(path).name} ({error.what})")
    for trouble in dict.fromkeys(report.retried):
        click.echo(f"tried again: {trouble}", err=True)
    for what, error in report.failed:
        click.echo(f"not got: {what}: {error}", err=True)


def _show(source: Source, dataset: Dataset, requests: tuple[Request, ...], *, as_json: bool) -> int:
    planned = [
        Planned(
            url=request.url,
            what=request.what,
            file="" if request.shape == "listing" else request.name,
            kind=request.expected.kind,
            key=(request.secret.header or request.secret.query) if request.secret else "",
            largest=request.largest,
        )
        for request in requests
    ]
    if as_json:
        printing.as_json(
            {
                "source": source.name,
                "dataset": dataset.name,
                "requests": [asdict(one) for one in planned],
            }
        )
        return 0
    for one in planned:
        click.echo(f"GET {one.url}")
        key = f", with your key in {one.key}" if one.key else ""
        then = f"kept as {one.file}" if one.file else "then the files it lists"
        click.echo(f"    {one.what}: {one.kind}{key}, {then}")
    click.echo(f"{load_verb.count(len(planned), 'request')}, none sent. Terms: {source.terms}")
    return 0


def _list(name: str | None, *, as_json: bool) -> int:
    from throughflow.sources import catalogue

    if name is not None and name not in catalogue.NAMES:
        raise _unknown("source", name, catalogue.NAMES)
    sources = [one for one in catalogue.SOURCES if name in {None, one.name}]
    if as_json:
        printing.as_json(
            {"sources": [asdict(one) | {"checked": one.checked.isoformat()} for one in sources]}
        )
        return 0
    for source in sources:
        click.echo(f"{source.name}: {source.publisher}, {source.address}")
        for dataset in source.datasets:
            click.echo(f"  --dataset {dataset.name}: {dataset.title}")
            options = [f"--{one}" for one in dataset.needs]
            options += [f"[--{one}]" for one in dataset.takes]
            click.echo(f"    {' '.join(options)}")
            key = "; needs a key" if dataset.needs_key else ""
            click.echo(f"    {dataset.size}{key}; at most {dataset.largest // MEBIBYTE:,} MB")
        if source.key:
            click.echo(f"  key: {source.key.variable}. {source.key.where}.")
        click.echo(f"  pace: {source.per_second:g} requests a second. Terms: {source.terms}")
        how = "read in" if source.verified else "NOT verified; read in"
        click.echo(f"  address {how} {source.basis} ({source.checked.isoformat()})")
    return 0
