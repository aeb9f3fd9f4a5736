"""Fit the noise of invented trade to the embedded sample, and hold it against the other half.

What is matched, by size class of the expected value: the share of flows that trade nothing in a
fake window, the quantiles of log actual over expected among all of them, and the quantiles of how
steadily they traded before; for single flows and for hub × good sums. Fitted on the families of
half of the HS4 headings; the table printed at the end shows the other half beside it.

Usage: python scripts/fit_noise.py [--seconds N]   (prints the parameters to put into
src/throughflow/trade/simulate/noise.py and writes build/noise.json)
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import throughflow
from throughflow.trade import conformal, placebo, study
from throughflow.trade.request import Request
from throughflow.trade.simulate import match, noise

if TYPE_CHECKING:
    from throughflow.trade.simulate.match import Quantiles

SPLIT = 0  # which of the splits of headings into halves


def real(asked: study.Study, half: int) -> Quantiles:
    """Return the placebo quantiles of half of the sample's headings."""
    fakes = [p for p in asked.placebos if p.kind == placebo.FAKE_DATE]
    keep = conformal.half_of(fakes[0].headings, SPLIT) == half
    return match.of_predictions([p.prediction for p in fakes], keep, fakes[0].at)


def main() -> None:
    """Search at random around the best so far, the same seeds for every trial."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300)
    until = time.monotonic() + parser.parse_args().seconds
    with throughflow.open() as warehouse:
        asked = study.build(warehouse, Request())
        fitted_to, held_out = real(asked, 0), real(asked, 1)
    rng = np.random.default_rng(0)
    best = noise.FITTED
    least = match.distance(match.of_world(best, seed=1), fitted_to)
    step, tries = 0.2, 0
    names = [f.name for f in fields(noise.Noise)]
    while time.monotonic() < until:
        moved = {n: getattr(best, n) + step * rng.normal() for n in names if rng.random() < 0.35}
        moved["shared"] = float(np.clip(moved.get("shared", best.shared), 0, 1))
        trial = replace(best, **moved)
        found = match.distance(match.of_world(trial, seed=1), fitted_to)
        tries += 1
        if found < least:
            best, least, step = trial, found, min(step * 1.2, 0.4)
        else:
            step = max(step * 0.97, 0.03)
    print(f"{tries} trials, distance {least:.3f}")
    for name, value in asdict(best).items():
        print(f"    {name}={value:.3f},")
    print(match.table(match.of_world(best, seed=99), fitted_to, held_out))
    target = Path("build/noise.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(asdict(best), indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
