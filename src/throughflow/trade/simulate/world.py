"""An invented world of bilateral monthly trade, with everything real trade does to an analyst.

Exporters of the coalition sell listed and unlisted goods to hubs, to donors and to the target;
hubs record what arrives and what they send on to the target and to each other. Sizes, zeros, lumps
and shocks follow `noise`; goods change their code at a New Year, hubs fail to record, importers
value with freight, and some cells are confidential.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from throughflow.model.periods import month_number
from throughflow.reference import control_lists, nomenclature
from throughflow.trade.simulate import mirror, noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from throughflow.trade.simulate.noise import Noise

    FloatArray = NDArray[np.float64]

TARGET = "RU"
EXPORTERS = ("DE", "IT", "US", "JP", "FR", "NL", "PL", "GB")
MEMBERS_OF_THE_UNION = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
HUBS = ("AE", "AM", "AZ", "GE", "KG", "KZ", "MD", "RS", "TJ", "TR", "UZ", "HK")
DONORS = (
    "AR", "BD", "CI", "CL", "CO", "CR", "DZ", "EC", "EG", "GH", "GT", "JO", "KE", "LK", "MA",
    "OM", "PA", "PE", "PH", "PY", "QA", "SA", "SN", "TN", "UY",
)  # fmt: skip
FIRST = date(2019, 1, 1)
LAST = date(2022, 12, 1)
TREATED = date(2022, 3, 1)
CONTROL_LIST = "eu-2023-01"
CURRENCY = "USD"
# Sizes: log of a flow's value a year, and its spread between exporters, destinations, goods, flows.
MEAN_LEVEL, SPREAD = 8.8, (0.7, 0.8, 1.2, 2.4)
# Variance, over a window of nine months against the year before, of shocks that flows share; each
# as measured in the embedded sample among flows of 30,000 and more at fake dates: of the same
# exporter and good at other hubs, of the same good, of the same hub and good, of the same pair.
SHARED = {"exporter and good": 0.054, "good": 0.036, "hub and good": 0.020, "pair": 0.020}
# Nine months' mean against twelve months' mean of a random walk of unit steps.
HORIZON = 7.0
RECODED_SHARE = 0.04
CONFIDENTIAL_SHARE = 0.005
SILENT_HUBS = ("AE", "HK")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is.

    Attributes:
        exporters: Who sells.
        donors: Number of destinations that are no hubs.
        listed: Number of listed goods.
        free: Number of others.
    """

    exporters: tuple[str, ...]
    donors: int
    listed: int
    free: int


USUAL = Size(EXPORTERS, len(DONORS), 160, 200)
SMALL = Size(EXPORTERS, 12, 120, 100)
# As many exporters as the embedded sample has, and so many goods that a hub's total is no more led
# by a few flows than it is there. Like the sample, without donors.
WIDE = Size(MEMBERS_OF_THE_UNION, 0, 450, 60)


@dataclass(frozen=True, slots=True)
class World:
    """Trade before anything is planted. Values in US dollars, FOB.

    Attributes:
        exporters: Exporters, shape (n_o,).
        destinations: Hubs, donors and the target, shape (n_d,).
        codes: HS6 codes, listed ones first, shape (n_k,).
        n_listed: Number of listed codes.
        former: Code each good had before 2022, the same where it kept it, shape (n_k,).
        sent: Exports, shape (n_o, n_d, n_k, n_months).
        onward: Hubs' exports to the target, shape (n_hubs, n_k, n_months); hubs as in `HUBS`.
        among: Hubs' exports to each other, shape (n_hubs, n_hubs, n_k, n_months).
        other: Exports of everything else, shape (n_o, n_d, n_months).
        onward_other: Hubs' exports of everything else to the target, shape (n_hubs, n_months).
        among_other: The same to each other, shape (n_hubs, n_hubs, n_months).
        mirror: What hubs record as arriving over what arrives, freight included, shape (n_o,
            n_hubs, n_k, n_months).
        first: First month.
        begins: Position of the first treated month.
    """

    exporters: tuple[str, ...]
    destinations: tuple[str, ...]
    codes: tuple[str, ...]
    n_listed: int
    former: tuple[str, ...]
    sent: FloatArray
    onward: FloatArray
    among: FloatArray
    other: FloatArray
    onward_other: FloatArray
    among_other: FloatArray
    mirror: FloatArray
    first: date
    begins: int

    @property
    def hubs(self) -> tuple[int, ...]:
        """Positions of the hubs among the destinations."""
        return tuple(self.destinations.index(hub) for hub in HUBS)


def generate(seed: int, *, size: Size = USUAL, errors: Noise = noise.FITTED) -> World:
    """Invent a world.

    Args:
        seed: The same seed gives the same world.
        size: How large it is.
        errors: How flows stray.
    """
    rng = np.random.default_rng(seed)
    destinations = (*HUBS, *DONORS[: size.donors], TARGET)
    codes, former = _codes(rng, size.listed, size.free)
    months = month_number(LAST) - month_number(FIRST) + 1
    shape = (len(size.exporters), len(destinations), len(codes))
    parts = [spread * rng.normal(size=n) for spread, n in zip(SPREAD, shape, strict=False)]
    parts[1][len(HUBS) :] += 0.5
    log_level = MEAN_LEVEL + parts[0][:, None, None] + parts[1][:, None] + parts[2]
    level = np.exp(log_level + SPREAD[3] * rng.normal(size=shape))
    level = np.where(noise.absent(*shape, rng, errors), 0.0, level)
    shared, pair = _shared(rng, shape, months, errors.shared)
    shared = shared + noise.turns((1, *shape[1:], months), rng, errors)
    sent = noise.draw(
        level.ravel(),
        months,
        rng,
        errors,
        shared_variance=sum(SHARED.values()) * errors.shared / HORIZON,
        shared=shared.reshape(-1, months),
    ).reshape(*shape, months)
    of_pair = np.exp(pair[:, :, 0] + 0.06 * rng.normal(size=pair[:, :, 0].shape))
    # Everything else grows as the goods told apart do.
    growth = np.exp(errors.drift * (np.arange(months) - months / 2) / 12)
    other = sent.mean(axis=(2, 3))[:, :, None] * 20 * shape[2] * of_pair * growth
    sent[:, -1, : size.listed, month_number(TREATED) - month_number(FIRST) :] *= 0.15
    sold = MEAN_LEVEL - 1 + parts[1][: len(HUBS), None] + parts[2]
    onward = _unshared(sold, months, rng, errors)
    among = _unshared(np.stack([sold] * len(HUBS), axis=1), months, rng, errors)
    among *= 1 - np.eye(len(HUBS))[:, :, None, None]
    begins = month_number(TREATED) - month_number(FIRST)
    # The target turns to whoever still sells, in goods of every kind.
    turn = np.exp(rng.normal(0.15, 0.15, (len(HUBS), 1)))
    onward[:, :, begins:] *= turn[:, :, None]
    onward_other = growth * np.exp(0.08 * rng.normal(size=(len(HUBS), months)))
    onward_other *= 20 * onward.sum(axis=1).mean(axis=1, keepdims=True)
    onward_other[:, begins:] *= turn
    among_other = growth * np.exp(0.08 * rng.normal(size=(len(HUBS), len(HUBS), months)))
    among_other *= 20 * among.sum(axis=2).mean(axis=2, keepdims=True)
    return World(
        size.exporters,
        destinations,
        codes,
        size.listed,
        former,
        sent,
        onward,
        among,
        other,
        onward_other,
        among_other,
        mirror.draw(rng, sent[:, : len(HUBS)], np.isin(HUBS, SILENT_HUBS)),
        FIRST, begins,
    )  # fmt: skip


def _unshared(
    log_level: FloatArray, months: int, rng: np.random.Generator, errors: Noise
) -> FloatArray:
    """Draw flows that share no shocks, around the logs of their levels, months last."""
    level = np.exp(log_level + SPREAD[3] * rng.normal(size=log_level.shape))
    return noise.draw(level.ravel(), months, rng, errors).reshape(*level.shape, months)


def _shared(
    rng: np.random.Generator, shape: tuple[int, int, int], months: int, scale: float
) -> tuple[FloatArray, FloatArray]:
    """Draw the shocks flows share, as random walks, and the pair's part of them apart."""
    axes = {
        "exporter and good": (shape[0], 1, shape[2]),
        "good": (1, 1, shape[2]),
        "hub and good": (1, shape[1], shape[2]),
        "pair": (shape[0], shape[1], 1),
    }
    total = np.zeros((*shape, months))
    walk = total
    for name, size in axes.items():
        step = np.sqrt(SHARED[name] * scale / HORIZON) * rng.normal(size=(*size, months))
        walk = np.cumsum(step, axis=3)
        total += walk
    season = 0.15 * rng.normal(size=(1, shape[1], shape[2], 12))
    return total + season[..., np.arange(months) % 12], walk


def _codes(
    rng: np.random.Generator, n_listed: int, n_free: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Choose listed and unlisted HS6 codes; a few of the listed had another code before 2022."""
    on_list = {e.code[:6] for e in control_lists.load(control_lists.ALL).entries}
    listed = {
        e.code[:6]
        for e in control_lists.load(CONTROL_LIST).entries
        if e.restricted_from and control_lists.treated_month(e.restricted_from) <= TREATED
    }
    everything = sorted(nomenclature.hs_correspondence(2022, 2022))
    moved = {new[:6] for _, _, new in nomenclature.cn_links(FIRST.year, LAST.year)}
    moved |= {old[:6] for _, old, _ in nomenclature.cn_links(FIRST.year, LAST.year)}
    stable = [code for code in everything if code not in moved and not code.startswith("27")]
    goods = rng.permutation([code for code in stable if code in listed])[:n_listed]
    free = rng.permutation([code for code in stable if code not in on_list])[:n_free]
    pairs = _renamed(listed)
    renamed = sorted(pairs)[: int(RECODED_SHARE * n_listed)]
    codes = (*sorted([*goods[len(renamed) :], *renamed]), *sorted(free))
    return codes, tuple(pairs.get(code, code) for code in codes)


def _renamed(listed: set[str]) -> dict[str, str]:
    """Find listed codes that took over from exactly one other in 2022, which ended with it."""
    links = {
        (old[:6], new[:6])
        for year, old, new in nomenclature.cn_links(FIRST.year, LAST.year)
        if year == LAST.year - 1 and old[:6] != new[:6]
    }
    olds, news = (Counter(side) for side in zip(*links, strict=True))
    elsewhere = {code for pair in links for code in pair}
    stays = {
        old[:6]
        for year, old, new in nomenclature.cn_links(FIRST.year, LAST.year)
        if old[:6] == new[:6] or year != LAST.year - 1
    }
    return {
        new: old
        for old, new in sorted(links)
        if new in listed
        and olds[old] == news[new] == 1
        and old not in stays
        and new not in stays
        and olds[new] == news[old] == 0
        and {old, new} <= elsewhere
    }
