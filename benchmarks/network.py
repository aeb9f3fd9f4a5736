"""Cost of bounding flows through several hubs, against the number of products and countries.

    python benchmarks/network.py [--workers 2] [--quick]

Networks are drawn dense: every country is a hub, every pair of hubs has a leg, one leg in ten has a
negative excess, and every hub's own supply is known, which is the dearest case.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from throughflow.trade import network
from throughflow.trade.network.input import Network

RESULT = Path(__file__).resolve().parents[1] / "build" / "bench" / "network.json"
# Products, countries, and whether what passed each hub is bounded too.
CASES = (
    (50, 10, True),
    (50, 10, False),
    (50, 50, False),
    (5, 50, True),
    (10, 100, False),
    (10, 200, False),
    (50, 200, False),
)
BUDGET_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Cost:
    """What one case took.

    Attributes:
        products: Number of networks.
        countries: Hubs in each.
        legs: Legs with some excess at high, all networks together.
        with_hubs: Whether what passed each hub was bounded too.
        workers: Threads.
        seconds: Wall time.
        cpu_seconds: CPU time of all threads.
        peak_mb: Largest memory of the process so far.
    """

    products: int
    countries: int
    legs: int
    with_hubs: bool
    workers: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="leave out the largest case")
    options = parser.parse_args()
    network.solve([dense(0, 3)])  # the libraries load before anything is measured
    found = []
    print("| products | countries | legs | through hubs | wall s | CPU s | peak MB |")
    print("|---:|---:|---:|---|---:|---:|---:|")
    for products, countries, with_hubs in CASES[: -1 if options.quick else None]:
        cost = measure(products, countries, with_hubs=with_hubs, workers=options.workers)
        found.append(cost)
        print(
            f"| {products} | {countries} | {cost.legs:,} | {'yes' if with_hubs else 'no'} "
            f"| {cost.seconds:.1f} | {cost.cpu_seconds:.1f} | {cost.peak_mb:.0f} |",
            flush=True,
        )
    if not options.quick:
        # Processor time over the threads is what two free cores would take.
        needed = found[-1].cpu_seconds / options.workers
        print(f"largest case: {needed:.0f} s on {options.workers} free cores, of {BUDGET_SECONDS}")
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps([asdict(cost) for cost in found], indent=1), encoding="utf-8")


def measure(products: int, countries: int, *, with_hubs: bool, workers: int) -> Cost:
    """Bound the flows of dense networks and return what it took."""
    networks = [dense(seed, countries) for seed in range(products)]
    wall, cpu = time.perf_counter(), time.process_time()
    network.solve(networks, with_hubs=with_hubs, workers=workers)
    return Cost(
        products=products,
        countries=countries,
        legs=sum(int((one.high > 0).sum()) for one in networks),
        with_hubs=with_hubs,
        workers=workers,
        seconds=time.perf_counter() - wall,
        cpu_seconds=time.process_time() - cpu,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def dense(seed: int, countries: int) -> Network:
    """Draw a network with a leg between every pair of hubs."""
    rng = np.random.default_rng(seed)
    hubs = np.arange(2, countries + 2)
    first, second = (side.ravel() for side in np.meshgrid(hubs, hubs))
    differ = first != second
    tail = np.concatenate([np.zeros(countries, np.int64), first[differ], hubs])
    head = np.concatenate([hubs, second[differ], np.ones(countries, np.int64)])
    # Legs from the coalition and into the target are larger than most between hubs.
    size = np.where((tail == 0) | (head == 1), 13.0, 11.0)
    mid = rng.lognormal(size, 2.0) * np.where(rng.random(len(tail)) < 0.1, -1.0, 1.0)
    half_width = np.abs(mid) * rng.random(len(mid))
    own = np.concatenate([[np.nan, np.nan], rng.lognormal(12.0, 2.0, countries)])
    return Network(
        product=f"product {seed}",
        nodes=("coalition", "target", *(f"hub {hub}" for hub in hubs)),
        sources=(0,),
        target=1,
        tail=tail,
        head=head,
        low=mid - half_width,
        mid=mid,
        high=mid + half_width,
        own_supply=own,
        supply_source=("drawn",) * len(own),
        currency="EUR",
    )


if __name__ == "__main__":
    main()
