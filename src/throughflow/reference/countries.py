"""Which state, territory or group of states a publisher's label means.

Codes are ISO 3166-1 alpha-2 for states and territories, Eurostat's user-assigned alpha-2 codes
(``XC``, ``XI``, ``XL``, ``XU``, ``XK``, ``QP`` to ``QZ``: ranges ISO never assigns) for what only
trade statistics know, and words of three or more letters (``EU27``, ``WORLD``, ``NES``) for groups
and unspecified partners. Only ``EU`` and ``EA`` have two letters; ISO keeps both from being
assigned to a state.

A label resolves only if it is written in ``data/country_labels.csv``; nothing is guessed.
Sources: see ``data/README.md``.
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from throughflow.errors import InputError

DATA = Path(__file__).parent / "data"

COUNTRY = "country"
FORMER = "former"
BLOC = "bloc"
UNSPECIFIED = "unspecified"

_SPACES = re.compile(r"\s+")
_AROUND_HYPHEN = re.compile(r"\s*-\s*")
_AROUND_APOSTROPHE = re.compile(r"\s*'\s*")
# One digit at most: "Total 2" is a footnote mark, "EU28" and "Euro area 19" are other groups.
_FOOTNOTE = re.compile(r"(?<=[^\W\d]{3})\s*(?:(?<!\d)\d|\*+|[.,;:]+)$")
_M49 = re.compile(r"^\d{3}$")
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_APOSTROPHES = "\u2019\u2018\u02bc\u02bb`\u00b4\u02b9\u2032"
_SAME_SIGN = str.maketrans(
    dict.fromkeys(_HYPHENS, "-") | dict.fromkeys(_APOSTROPHES, "'") | {"&": " and "}
)
# What may stand in brackets without changing which territory is meant, written as `key` leaves it.
_QUALIFIER = re.compile(
    r"^(?:incl\.|excl\.|including|excluding|from|until|since|depuis|jusqu|a partir)"
    r"|^[a-z]{2}(?:-\d\d/\d{4})?(?:->\d\d/\d{4})?(?:, ?[a-z]{2}(?:-\d\d/\d{4})?(?:->\d\d/\d{4})?)*$"
)


@dataclass(frozen=True, slots=True)
class Country:
    """One code.

    Attributes:
        code: ISO alpha-2, or the product's own code for what ISO has none for.
        iso3: ISO alpha-3, empty where there is none.
        m49: UN M49 number as three digits, empty where there is none.
        name: Short English name for display.
        kind: ``"country"`` (a state or territory), ``"former"`` (one that no longer exists),
            ``"bloc"`` (a group whose members may also stand beside it: never add the two), or
            ``"unspecified"`` (secret, unknown, ships' stores).
    """

    code: str
    iso3: str
    m49: str
    name: str
    kind: str


def key(label: str) -> str:
    """Bring a label to the form in which labels are compared.

    Case, accents, runs of spaces, kinds of hyphen and apostrophe, ``ё`` and ``&`` are levelled.
    """
    text = unicodedata.normalize("NFKC", label).translate(_SAME_SIGN).casefold()
    if not text.isascii():
        bare = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        text = "".join(bare)
    text = _AROUND_HYPHEN.sub("-", _SPACES.sub(" ", text).strip())
    return _AROUND_APOSTROPHE.sub("'", text)


@lru_cache(maxsize=1)
def _countries() -> dict[str, Country]:
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        return {row[0]: Country(*row) for row in rows}


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    """Map every known label, in its `key` form, to its code."""
    with (DATA / "country_labels.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        return dict(rows)


@lru_cache(maxsize=1)
def _numbers() -> dict[str, str]:
    """Map M49 and alpha-3 codes to codes."""
    found = {c.m49: c.code for c in _countries().values() if c.m49}
    return found | {c.iso3: c.code for c in _countries().values() if c.iso3}


@lru_cache(maxsize=1)
def _comtrade_areas() -> dict[int, str]:
    with (DATA / "comtrade_areas.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        return {int(row[0]): row[1] for row in rows}


def comtrade(number: int) -> str | None:
    """Tell which code a reporter or partner number of UN Comtrade or BACI means.

    They are M49 numbers but for some: 842 is the United States, 490 ("Other Asia, nes") Taiwan,
    and 492 the EU without a member named, where M49 has Monaco.

    Args:
        number: As the publisher writes it, without leading zeros.

    Returns:
        The code, or None if the number is unknown or means a state that no longer exists and has
        no code: the caller must refuse the row by name.
    """
    areas = _comtrade_areas()
    return (areas[number] or None) if number in areas else _numbers().get(f"{number:03d}")


@lru_cache(maxsize=1)
def _schedule_c() -> dict[str, str]:
    with (DATA / "schedule_c.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        return {row[0]: row[1] for row in rows}


def schedule_c(number: str) -> str | None:
    """Tell which code a country number of the US Census Bureau means (Schedule C).

    Two numbers may mean one code: the Bureau counts Gaza (5082) and the West Bank (5083) apart.

    Args:
        number: Four digits, such as ``4634``.

    Returns:
        The code, or None if the number is not in the list held: the caller must refuse it by name.
    """
    return _schedule_c().get(number)


def from_alpha3(text: str) -> str | None:
    """Tell which code an ISO 3166-1 alpha-3 code means, former states among them.

    Returns:
        The code, or None if the text is none: the caller must refuse it by name.
    """
    return _numbers().get(text) if text.isalpha() else None


def schedule_c_numbers(code: str) -> tuple[str, ...]:
    """Return the numbers that the US Census Bureau gives a code, none if it gives it none."""
    return tuple(number for number, known in _schedule_c().items() if known == code)


@lru_cache(maxsize=4096)
def resolve(label: str) -> str | None:
    """Tell which code a publisher's label means.

    A label is compared whole, then without a footnote mark, then without brackets that hold only
    a qualifier ("incl. …", "from 1997", a list of members) or another name of the same place.
    Three digits are read as a UN M49 number. A single ``0`` is not: some publishers write it
    for the world, others for "other countries".

    Args:
        label: Text of a reporter or partner cell, in any language the publishers use.

    Returns:
        The code, or None if the label is unknown: the caller must refuse the row by name.
    """
    text = key(label)
    if _M49.match(text):
        return _numbers().get(text) or _labels().get(text)
    labels = _labels()
    unmarked = _FOOTNOTE.sub("", text)
    for form in (text, unmarked):
        if form in labels:
            return labels[form]
    outside, brackets = _split_brackets(unmarked)
    code = labels.get(outside) or labels.get(_FOOTNOTE.sub("", outside))
    if code and brackets and all(_adds_nothing(inside, code) for inside in brackets):
        return code
    return None


def _adds_nothing(inside: str, code: str) -> bool:
    return bool(_QUALIFIER.match(inside)) or _labels().get(inside) == code


def _split_brackets(text: str) -> tuple[str, list[str]]:
    """Separate a label from its bracketed parts; brackets inside brackets stay with the outer."""
    outside: list[str] = []
    brackets: list[str] = []
    depth = 0
    for char in text:
        if char == "(":
            depth += 1
            if depth == 1:
                brackets.append("")
                continue
        elif char == ")" and depth:
            depth -= 1
            if depth == 0:
                continue
        if depth:
            brackets[-1] += char
        else:
            outside.append(char)
    return _SPACES.sub(" ", "".join(outside)).strip(), [part.strip() for part in brackets]


def parse(text: str, *, where: str = "") -> str:
    """Read a country or bloc as a user writes it: alpha-2, alpha-3, code or name.

    Args:
        text: Such as ``KZ``, ``kaz``, ``Kazakhstan``, ``Казахстан`` or ``EU27``.
        where: Option or cell the text came from, for the error.

    Returns:
        The code.

    Raises:
        InputError: Nothing known is written so; the remedy names the nearest known names.
    """
    upper = text.strip().upper()
    if upper in _countries():
        return upper
    code = _numbers().get(upper) if upper.isalpha() else None
    code = code or resolve(text)
    if code:
        return code
    near = difflib.get_close_matches(key(text), _labels(), n=6, cutoff=0.75)
    names = list(dict.fromkeys(name(_labels()[label]) for label in near))[:3]
    if names:
        raise InputError(
            f"unknown country {text!r}", where=where, remedy=f"Did you mean {' or '.join(names)}?"
        )
    raise InputError(
        f"unknown country {text!r}",
        where=where,
        remedy="Write an ISO 3166-1 code such as KZ or KAZ, a name such as Kazakhstan, "
        "or a bloc such as EU27",
    )


def get(code: str) -> Country:
    """Return everything held about a code.

    Raises:
        InputError: No such code.
    """
    found = _countries().get(code)
    if found is None:
        raise InputError.unknown("country code", code, _countries())
    return found


# Eurostat's two-letter partner codes that are written differently here.
# Source: Eurostat, geonomenclature (Commission Implementing Regulation (EU) 2020/1470, annex).
_GEONOMENCLATURE = {"EL": "GR", "XS": "RS", "QQ": "STORES", "QU": "NES", "QX": "SECRET"}


def from_geonomenclature(text: str) -> str | None:
    """Read a two-letter code of Eurostat's geonomenclature, such as ``GR``, ``XK`` or ``QX``.

    Returns:
        The code, or None if it is unknown: the caller must refuse the row by name.
    """
    code = text.strip().upper()
    code = _GEONOMENCLATURE.get(code, code)
    return code if code in _countries() else None


def name(code: str) -> str:
    """Return the short English name for display, such as ``Türkiye`` or ``EU27``.

    Raises:
        InputError: No such code.
    """
    return get(code).name


def is_bloc(code: str) -> bool:
    """Tell whether a code is a group or an unspecified partner rather than one territory.

    Rows of such partners must not be added to rows of single partners.

    Raises:
        InputError: No such code.
    """
    return get(code).kind in {BLOC, UNSPECIFIED}


def all_codes() -> tuple[str, ...]:
    """List every code, sorted."""
    return tuple(sorted(_countries()))
