"""Fit the noise of invented trade to the embedded sample, and hold it against the other half.

What is matched, by size class of the expected value: the share of flows that trade nothing in a
fake window, the quantiles of log actual over expected, how often newcomers matter, and the
quantiles of how steadily they traded before; for single flows and for hub × good sums. Fitted on
the families of half of the HS4 headings; the table printed at the end shows the other half beside
it.

Usage: python scripts/fit_noise.py [--seconds N]   (prints the parameters to put into
src/throughflow/trade/simulate/noise.py and writes build/noise.json)
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import throughflow
from throughflow.trade import conformal, placebo, study
from throughflow.trade.request import Request
from throughflow.trade.simulate import match, noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.simulate.match import Quantiles

    FloatArray = NDArray[np.float64]

SPLIT = 0  # which of the splits of headings into halves
SEEDS = (11, 12, 13, 14)  # of the invented worlds that are matched
TARGET = Path("build/noise.json")
NAMES = tuple(field.name for field in fields(noise.Noise))
SHOWN = (97, 98, 99)  # of those in the table


def real(asked: study.Study, half: int) -> Quantiles:
    """Return the placebo quantiles of half of the sample's headings."""
    fakes = [p for p in asked.placebos if p.kind == placebo.FAKE_DATE]
    keep = conformal.half_of(fakes[0].headings, SPLIT) == half
    return match.of_predictions([p.prediction for p in fakes], keep, fakes[0].at)


def apart(errors: noise.Noise, fitted_to: Quantiles) -> float:
    """Return how far invented worlds lie from the sample, the same seeds for every trial."""
    made = [match.of_world(errors, seed) for seed in SEEDS]
    return match.distance(match.mean(made), fitted_to)


def noise_of(values: FloatArray) -> noise.Noise:
    """Put a vector of the search back into parameters."""
    named = dict(zip(NAMES, values.tolist(), strict=True))
    named["shared"] = float(np.clip(named["shared"], 0, 1))
    named["absent_spread"] = abs(named["absent_spread"])
    return noise.Noise(**named)


def search(
    fitted_to: Quantiles, seconds: float, *, spread: float = 0.1, trials: int = 14
) -> noise.Noise:
    """Search around the present parameters by a separable natural evolution strategy.

    Every generation draws mirrored trials around the mean, ranks them, and moves mean and spread
    towards the better half (Schaul, Glasmachers and Schmidhuber 2011). The mean is returned, not
    the best trial, which owes its place to the luck of its worlds.
    """
    rng = np.random.default_rng(0)
    mean = np.array([getattr(noise.FITTED, name) for name in NAMES])
    deviation = np.full(len(mean), spread)
    rank = np.maximum(0, np.log(trials / 2 + 1) - np.log(np.arange(1, trials + 1)))
    utility = rank / rank.sum() - 1 / trials
    rate = (3 + np.log(len(mean))) / (5 * np.sqrt(len(mean)))
    until, generation = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        half = rng.normal(size=(trials // 2, len(mean)))
        step = np.concatenate([half, -half])
        found = np.array([apart(noise_of(mean + deviation * z), fitted_to) for z in step])
        step = step[np.argsort(found)]
        mean = mean + deviation * (utility @ step)
        deviation = deviation * np.exp(rate / 2 * (utility @ (step**2 - 1)))
        generation += 1
        TARGET.write_text(json.dumps(asdict(noise_of(mean)), indent=1), encoding="utf-8")
        print(f"{generation:>4} generations, median distance {np.median(found):.0f}", flush=True)
    return noise_of(mean)


def main() -> None:
    """Fit, print the parameters, and show all three sets of quantiles."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=600)
    seconds = parser.parse_args().seconds
    TARGET.parent.mkdir(exist_ok=True)
    with throughflow.open() as warehouse:
        asked = study.build(warehouse, Request())
        fitted_to, held_out = real(asked, 0), real(asked, 1)
    best = search(fitted_to, seconds)
    for name, value in asdict(best).items():
        print(f"    {name}={value:.3f},")
    shown = match.mean([match.of_world(best, seed) for seed in SHOWN])
    print(match.table(shown, fitted_to, held_out))


if __name__ == "__main__":
    main()
