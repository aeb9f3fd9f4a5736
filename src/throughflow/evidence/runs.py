"""Run records: what was asked, of which bytes, with which code, and what came out.

A run's id is the hash of the digests of its inputs, the version of the code and its parameters,
so the same question put to the same data has the same id wherever it is asked.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from throughflow.errors import DataError, InputError
from throughflow.evidence import canonical
from throughflow.reference.countries import DATA
from throughflow.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from throughflow.warehouse import Warehouse

    Replayable = Callable[[Warehouse, dict[str, Any]], Any]

Result = TypeVar("Result")

STATE = "THROUGHFLOW_STATE"
ID = re.compile(r"^[0-9a-f]{16}$")
# Suffixes of the package's files that decide a result.
CODE = {".py", ".sql", ".json", ".csv", ".gz", ".parquet"}
# What an input that ships with the package is called where a dataset stands otherwise.
TABLE = "the reference tables"


@dataclass(frozen=True, slots=True)
class _Registered:
    function: Replayable
    datasets: Callable[[Warehouse, dict[str, Any]], Iterable[str]]
    tables: tuple[str, ...]


_replayable: dict[str, _Registered] = {}


@dataclass(frozen=True, slots=True)
class Input:
    """What a run was computed from: an edition, a reference table, or a file of the user's own."""

    edition: str
    file: str
    dataset: str
    digest: str
    reader: str


@dataclass(frozen=True, slots=True)
class Run:
    """A recorded run.

    Attributes:
        id: Hash of inputs, code and parameters.
        verb: What was run.
        parameters: With which parameters.
        inputs: Editions of the datasets that were used, tables and files.
        code: Version and digest of the package's files.
        warehouse: Folder, or ``embedded sample``.
        result: What came out, as plain data.
        result_digest: SHA-256 of the canonical JSON of `result`.
    """

    id: str
    verb: str
    parameters: dict[str, Any]
    inputs: tuple[Input, ...]
    code: str
    warehouse: str
    result: Any
    result_digest: str


def register(
    verb: str,
    function: Replayable,
    datasets: Callable[[Warehouse, dict[str, Any]], Iterable[str]] = lambda _warehouse, _asked: (),
    *,
    tables: Iterable[str] = (),
) -> None:
    """Make a verb replayable.

    Args:
        verb: Name of the verb.
        function: Computes the result, as data that `canonical.plain` takes.
        datasets: Names the datasets that the function reads; by default none.
        tables: Reference tables that decide its result, as files of ``reference/data``. Each is an
            input of its own, so that a replay names the one that changed.
    """
    _replayable[verb] = _Registered(function, datasets, tuple(sorted(tables)))


@cache
def code_version() -> str:
    """Return the package's version with a digest of every file that decides a result."""
    root = Path(str(resources.files("throughflow")))
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in CODE and "sample" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def inputs_of(warehouse: Warehouse, datasets: Iterable[str]) -> tuple[Input, ...]:
    """List the editions of some datasets, in order of their ids."""
    wanted = set(datasets)
    replaced = warehouse.manifest.replaced
    return tuple(
        Input(e.id, e.file, e.dataset, e.digest, e.reader)
        for e in sorted(warehouse.manifest.editions, key=lambda e: e.id)
        if e.dataset in wanted and e.id not in replaced
    )


def run(
    warehouse: Warehouse,
    verb: str,
    parameters: dict[str, Any],
    *,
    function: Replayable | None = None,
) -> Run:
    """Run a replayable verb and return its record; nothing is written.

    Args:
        warehouse: Where the data are.
        verb: A registered verb.
        parameters: What to ask, as data that `canonical.plain` takes.
        function: Computes the same result as the registered function, for callers that also want
            it as an object.

    Raises:
        InputError: The verb is not replayable.
    """
    if verb not in _replayable:
        raise InputError.unknown("verb", verb, _replayable)
    registered = _replayable[verb]
    function = function or registered.function
    parameters = canonical.plain(parameters)
    inputs = (
        *inputs_of(warehouse, registered.datasets(warehouse, parameters)),
        *(Input("", name, TABLE, _digest_of(DATA / name), "") for name in registered.tables),
        *_files_of(parameters),
    )
    result = canonical.plain(function(warehouse, parameters))
    return Run(
        id=_identity(verb, parameters, inputs),
        verb=verb,
        parameters=parameters,
        inputs=inputs,
        code=code_version(),
        warehouse=warehouse.name,
        result=result,
        result_digest=_digest(result),
    )


def both(
    warehouse: Warehouse,
    verb: str,
    parameters: dict[str, Any],
    function: Callable[[Warehouse, dict[str, Any]], Result],
) -> tuple[Result, Run]:
    """Run a verb once, and return its result both as itself and as a run to record."""
    built: list[Result] = []

    def remember(opened: Warehouse, asked: dict[str, Any]) -> Result:
        built.append(function(opened, asked))
        return built[0]

    done = run(warehouse, verb, parameters, function=remember)
    return built[0], done


def _digest(result: Any) -> str:
    return hashlib.sha256(canonical.dumps(result).encode()).hexdigest()


def _files_of(parameters: dict[str, Any]) -> tuple[Input, ...]:
    """Return the user's own files that parameters name, such as a control list."""
    found = []
    for name, value in sorted(parameters.items()):
        if isinstance(value, str) and Path(value).is_absolute() and Path(value).is_file():
            found.append(Input("", value, name, _digest_of(Path(value)), ""))
    return tuple(found)


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _identity(verb: str, parameters: dict[str, Any], inputs: tuple[Input, ...]) -> str:
    identity = {
        "verb": verb,
        "parameters": parameters,
        "inputs": [entry.digest + " " + entry.reader for entry in inputs],
        "code": code_version(),
    }
    return hashlib.sha256(canonical.dumps(identity).encode()).hexdigest()[:16]


def folder_of(warehouse: Warehouse) -> Path:
    """Return the folder that keeps the runs of a warehouse.

    The embedded sample cannot be written to; its runs go to ``THROUGHFLOW_STATE``, else to the
    user's state folder.
    """
    if not warehouse.is_sample:
        return warehouse.folder / "runs"
    named = os.environ.get(STATE)
    if named:
        return Path(named) / "runs"
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "throughflow" / "runs"


def record(warehouse: Warehouse, done: Run) -> Path | None:
    """Keep a run for replay; a folder that cannot be written to is no reason to lose the result.

    Returns:
        The file, or None where it could not be written.
    """
    folder = folder_of(warehouse)
    path = folder / f"{done.id}.json.gz"
    temporary = path.with_suffix(f".{os.getpid()}.new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(gzip.compress(canonical.dumps(done).encode(), mtime=0))
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        return None
    return path


def find(warehouse: Warehouse, run_id: str) -> Run:
    """Return a recorded run.

    Raises:
        InputError: The id is malformed, or no run with it was kept for this warehouse.
        DataError: The record is damaged.
    """
    if not ID.fullmatch(run_id):
        raise InputError(
            f"{run_id!r} is not a replay id",
            remedy="An id has 16 characters of 0-9 and a-f; dossiers print it at their end",
        )
    path = folder_of(warehouse) / f"{run_id}.json.gz"
    try:
        raw: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
        kept = Run(**(raw | {"inputs": tuple(Input(**row) for row in raw["inputs"])}))
    except FileNotFoundError as error:
        known = sorted(p.name.split(".")[0] for p in path.parent.glob("*.json.gz"))
        if not known:
            raise InputError(
                f"unknown replay id {run_id!r}",
                where=warehouse.name,
                remedy="No run is kept for this warehouse; name another with --warehouse",
            ) from error
        raise InputError.unknown("replay id", run_id, known, where=warehouse.name) from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        raise _damaged(path, f"{error}") from error
    if kept.id != run_id or kept.result_digest != _digest(kept.result):
        raise _damaged(path, "it is not what was written")
    return kept


def _damaged(path: Path, how: str) -> DataError:
    return DataError(
        f"the record of this run is damaged ({how})",
        where=str(path),
        remedy="Delete the file and ask the question again",
    )


@dataclass(frozen=True, slots=True)
class Replay:
    """A run, run again.

    Attributes:
        before: The recorded run.
        after: The run of today.
        same: Whether both gave the same bytes.
        changes: Inputs, code and result values that differ, in words.
    """

    before: Run
    after: Run
    same: bool
    changes: tuple[str, ...]


def replay(warehouse: Warehouse, run_id: str) -> Replay:
    """Run a recorded run again and compare byte for byte.

    Raises:
        InputError: No such run.
    """
    before = find(warehouse, run_id)
    after = run(warehouse, before.verb, before.parameters)
    changes: list[str] = []
    old = {(entry.digest, entry.reader): entry for entry in before.inputs}
    new = {(entry.digest, entry.reader): entry for entry in after.inputs}
    changes += [_words("gone", old[key]) for key in sorted(old.keys() - new.keys())]
    changes += [_words("added", new[key]) for key in sorted(new.keys() - old.keys())]
    if before.code != after.code:
        changes.append(f"code changed: {before.code} before, {after.code} now")
    if before.result_digest != after.result_digest:
        changes += canonical.differences(before.result, after.result)
    return Replay(before, after, before.result_digest == after.result_digest, tuple(changes))


def _words(what: str, entry: Input) -> str:
    reader = f", read by {entry.reader}" if entry.reader else ""
    return f"input {what}: {entry.file} of {entry.dataset} (sha256 {entry.digest[:12]}…{reader})"
