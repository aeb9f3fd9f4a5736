"""Rebuild the data files of `throughflow.reference`, each from its official publisher.

Usage: ``THROUGHFLOW_TEST_DATA=FOLDER python scripts/build_reference.py [NAME ...]``, where NAME is
``countries``, ``nomenclature``, ``lists``, ``fx``, ``votes`` or ``actors``; all by default. FOLDER
holds ``trade/``, ``votes/`` and ``statements/`` with the original files. The same input gives the
same bytes.

- countries: United Nations Statistics Division (M49), ISO 3166-1, names as printed by Eurostat,
  the statistics offices of Kazakhstan, Kyrgyzstan, Uzbekistan and Armenia, and the IMF.
- nomenclature: Eurostat (CN concordances), United Nations Statistics Division (HS correlations).
- lists: European Commission and partners (Common High Priority List), openICPSR 229004
  (EU list by HS6, CC BY 4.0), Council of the European Union (codes of January 2023).
- fx: European Central Bank (euro foreign exchange reference rates).
- votes: United Nations General Assembly (resolutions 68/262 and ES-11/1 to ES-11/6).
- actors: Unicode CLDR (names of states), Wikidata (heads of state and government, CC0), and the
  tables kept by hand in `reference_actors/`.

`memberships.csv`, `roles.csv`, `borders.csv` and `actor_endings.csv` are kept by hand; each row of
the first three names its source.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import reference_actor_names
import reference_control_lists
import reference_countries
import reference_fx
import reference_nomenclature
import reference_votes

SCRIPTS = Path(__file__).resolve().parent
OUT = SCRIPTS.parent / "src" / "throughflow" / "reference" / "data"


def main(names: list[str]) -> None:
    """Build what is named, or everything."""
    folder = os.environ.get("THROUGHFLOW_TEST_DATA")
    if not folder or not (Path(folder) / "trade").is_dir():
        raise SystemExit("set THROUGHFLOW_TEST_DATA to the folder that holds trade/")
    trade = Path(folder) / "trade"
    out = Path(os.environ.get("THROUGHFLOW_REFERENCE_OUT", OUT))
    steps = {
        "countries": lambda: reference_countries.build(trade, SCRIPTS, out),
        "nomenclature": lambda: reference_nomenclature.build(trade, out),
        "lists": lambda: reference_control_lists.build(trade, out),
        "fx": lambda: reference_fx.build(out),
        "votes": lambda: reference_votes.build(trade.parent / "votes", out),
        "actors": lambda: reference_actor_names.build(Path(folder) / "statements", out),
    }
    for name in names or list(steps):
        if name not in steps:
            raise SystemExit(f"{name!r} is not one of {', '.join(steps)}")
        steps[name]()
        print(f"built {name}")


if __name__ == "__main__":
    main(sys.argv[1:])
