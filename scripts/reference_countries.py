"""Build `countries.csv`, `country_labels.csv` and `comtrade_areas.csv`.

Official sources: United Nations Statistics Division, M49 standard country or area codes (names in
English, French, Russian and Spanish, numbers); ISO 3166-1 codes; UNTERM short names; names as
printed by Eurostat, the national statistics offices of Kazakhstan, Kyrgyzstan, Uzbekistan and
Armenia, and the IMF (hand-kept in `reference_country_aliases.tsv`, or paired with a code by the
publisher itself); reporters and partners of UN Comtrade, whose numbers differ from M49 for some
(hand-kept in `reference_comtrade_areas.tsv`).
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook

from reference_files import write_csv
from throughflow.reference.countries import key

if TYPE_CHECKING:
    from pathlib import Path

# Where the Unicode CLDR short name is not what a reader of English expects.
DISPLAY = {
    "BA": "Bosnia and Herzegovina",
    "BQ": "Bonaire, Sint Eustatius and Saba",
    "CD": "DR Congo",
    "CG": "Congo",
    "CV": "Cabo Verde",
    "GB": "United Kingdom",
    "PS": "Palestine",
    "TR": "Türkiye",
    "TW": "Taiwan",
    "UM": "US Minor Outlying Islands",
    "US": "United States",
    "VA": "Holy See",
    "VC": "Saint Vincent and the Grenadines",
    "VI": "US Virgin Islands",
}
NAME_COLUMNS = (
    "CLDR display name",
    "official_name_en",
    "official_name_fr",
    "official_name_ru",
    "official_name_es",
    "UNTERM English Short",
    "UNTERM French Short",
    "UNTERM Russian Short",
    "UNTERM English Formal",
    "UNTERM Russian Formal",
)
# Numbers publishers use beside or instead of the M49 number of today.
OTHER_NUMBERS = {"736": "SD", "842": "US", "251": "FR", "757": "CH", "579": "NO", "699": "IN"}

_ARTICLE = re.compile(r"\s*\((?:the|l['\u2019]|le|la|les|el|los|las)\)\s*|\s*\*+$")


def build(trade: Path, scripts: Path, out: Path) -> None:
    """Write the three files.

    Args:
        trade: The publishers' files.
        scripts: Folder of the hand-kept tables.
        out: Folder to write to.

    Raises:
        SystemExit: One label would mean two codes.
    """
    with (trade / "geo" / "country-codes.csv").open(encoding="utf-8", newline="") as lines:
        states = [row for row in csv.DictReader(lines) if row["ISO3166-1-Alpha-2"]]
    with (scripts / "reference_extra_countries.csv").open(encoding="utf-8", newline="") as lines:
        extras = [list(extra.values()) for extra in csv.DictReader(lines)]
    rows = [
        [
            row["ISO3166-1-Alpha-2"],
            row["ISO3166-1-Alpha-3"],
            row["M49"].zfill(3),
            DISPLAY.get(row["ISO3166-1-Alpha-2"])
            or row["CLDR display name"].replace(" & ", " and ").replace("St. ", "Saint "),
            "country",
        ]
        for row in states
    ]
    rows = sorted(rows + extras)
    if len({row[0] for row in rows}) != len(rows):
        raise SystemExit("a country code is listed twice")
    write_csv(out / "countries.csv", ("code", "iso3", "m49", "name", "kind"), rows)

    labels = _Labels()
    by_m49 = {row[2]: row[0] for row in rows if row[2]} | OTHER_NUMBERS
    for code, _, _, name, _ in rows:
        labels.add(name, code)
    for row in states:
        for column in NAME_COLUMNS:
            labels.add(_ARTICLE.sub("", row[column]), row["ISO3166-1-Alpha-2"])
    for line in (scripts / "reference_country_aliases.tsv").read_text("utf-8").splitlines():
        code, _, names = line.partition("\t")
        for label in names.split("|"):
            labels.add(label, code)
    _add_uzbek(labels, trade, by_m49)
    _add_kyrgyz(labels, trade)
    for number, code in OTHER_NUMBERS.items():
        labels.add(number, code)
    known = {row[0] for row in rows}
    if unknown := set(labels.codes.values()) - known:
        raise SystemExit(f"aliases name unknown codes: {sorted(unknown)}")
    write_csv(out / "country_labels.csv", ("label", "code"), sorted(labels.codes.items()))
    write_csv(
        out / "comtrade_areas.csv",
        ("number", "code", "name"),
        _comtrade_areas(trade, scripts, by_m49, known),
    )


def _comtrade_areas(
    trade: Path, scripts: Path, by_m49: dict[str, str], known: set[str]
) -> list[list[str]]:
    """List the reporters and partners of UN Comtrade with what each number means.

    A number is what the hand-kept table says, else the M49 number that it looks like; a state that
    is gone and has no code (such as East Germany) stays without one, and is refused by name.
    """
    with (scripts / "reference_comtrade_areas.tsv").open(encoding="utf-8", newline="") as lines:
        special = {row["number"]: row["code"] for row in csv.DictReader(lines, delimiter="\t")}
    if unknown := set(special.values()) - known:
        raise SystemExit(f"areas of UN Comtrade name unknown codes: {sorted(unknown)}")
    names: dict[str, str] = {}
    for side in ("partner", "reporter"):
        path = trade / "geo" / f"comtrade_{side}Areas.csv"
        with path.open(encoding="utf-8-sig", newline="") as lines:
            names |= {row["id"]: row["text"] for row in csv.DictReader(lines) if row["id"] != "all"}
    return [
        [number, special.get(number) or by_m49.get(number.zfill(3), ""), names[number]]
        for number in sorted(names, key=int)
    ]


class _Labels:
    """Labels in their key form; the same label twice must mean the same."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}

    def add(self, label: str, code: str) -> None:
        form = key(label)
        if not form:
            return
        held = self.codes.setdefault(form, code)
        if held != code:
            raise SystemExit(f"label {label!r} would mean both {held} and {code}")


def _add_uzbek(labels: _Labels, trade: Path, by_m49: dict[str, str]) -> None:
    """Uzbekistan prints an M49 number beside each name in Uzbek, Russian and English."""
    for path in sorted((trade / "national" / "uzbekistan_data").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if int(row["Code"]) == 0:
                    continue  # its "0" is "other countries"; the names are in the aliases
                code = by_m49[row["Code"].zfill(3)]
                for column in ("Klassifikator", "Klassifikator_ru", "Klassifikator_en"):
                    labels.add(row[column], code)


def _add_kyrgyz(labels: _Labels, trade: Path) -> None:
    """Kyrgyzstan prints each name in Kyrgyz, Russian and English: any known one names the rest."""
    for path in sorted((trade / "national" / "kyrgyzstan_data").glob("4.03.00.[12][80]*.xlsx")):
        workbook = CalamineWorkbook.from_path(path)
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
        for row in rows:
            names = [str(cell) for cell in row[:3] if str(cell).strip()]
            codes = {labels.codes[key(text)] for text in names if key(text) in labels.codes}
            if len(codes) > 1:
                raise SystemExit(f"{path.name}: {names} mean {sorted(codes)}")
            for code in codes:
                for text in names:
                    labels.add(text, code)
