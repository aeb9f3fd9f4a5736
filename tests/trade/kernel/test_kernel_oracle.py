"""The kernel against Newton's method on dummies, an exact linear programme, ranks, and pyfixest."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import optimize

from throughflow.trade import kernel

# Both sides solve to about 1e-12 of each margin; small means of a margin lose a few digits more.
BRUTE = 1e-8
# Asked of every prediction by the decision for an own kernel (ADR 0007).
PEER = 1e-6
TIGHT = 1e-12


def draw(seed, sizes, zeros, *, most_left_out=0.35):
    """Draw whole values, some zero, and a mask of scattered cells and a treated corner."""
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in sizes(rng))
    values = np.round(rng.lognormal(4, 1.5, shape) + 1) * (rng.random(shape) >= zeros(rng))
    left_out = rng.random(shape) < rng.uniform(0, most_left_out)
    if rng.random() < 0.5:
        left_out[: shape[0] // 2, : shape[1] // 2, shape[2] // 2 :] = True
    return np.where(left_out, 0.0, values), left_out


def dummies(shape):
    """One column for each group of each effect."""
    hubs, families, periods = shape
    h, k, t = np.unravel_index(np.arange(np.prod(shape)), shape)
    columns = hubs * families + families * periods + hubs * periods
    out = np.zeros((len(h), columns))
    at = np.arange(len(h))
    out[at, h * families + k] = 1
    out[at, hubs * families + k * periods + t] = 1
    out[at, (hubs + families) * periods - hubs * periods + hubs * families + h * periods + t] = 1
    return out


def separated_cells(design, positive, zero):
    """Return the zeros that some direction lowers while it raises none and moves no positive."""
    n_zero, n_columns = int(zero.sum()), design.shape[1]
    if n_zero == 0:
        return np.zeros(0, dtype=int)
    found = optimize.linprog(
        np.r_[np.zeros(n_columns), -np.ones(n_zero)],
        A_ub=np.hstack([design[zero], np.eye(n_zero)]),
        b_ub=np.zeros(n_zero),
        A_eq=np.hstack([design[positive], np.zeros((int(positive.sum()), n_zero))]),
        b_eq=np.zeros(int(positive.sum())),
        bounds=[(None, None)] * n_columns + [(0, 1)] * n_zero,
        method="highs",
    )
    assert found.status == 0
    return np.flatnonzero(zero)[found.x[n_columns:] > 0.5]


def newton(design, values):
    """Maximise the Poisson likelihood of full-rank columns by damped Newton steps."""
    theta = np.linalg.lstsq(design, np.log(values + 0.1 * values.mean()), rcond=None)[0]

    def likelihood(at):
        eta = design @ at
        return values @ eta - np.exp(np.minimum(eta, 600)).sum()

    for _ in range(300):
        mean = np.exp(design @ theta)
        hessian = (design * mean[:, None]).T @ design
        step = np.linalg.lstsq(hessian, design.T @ (values - mean), rcond=1e-15)[0]
        before, share = likelihood(theta), 1.0
        while likelihood(theta + share * step) < before - 1e-12 * abs(before) and share > 1e-9:
            share /= 2
        theta = theta + share * step
        if np.abs(step).max() < 1e-11:
            break
    return theta


def brute(values, left_out):
    """Return separated cells, cells without an answer, and the means of all others."""
    design = dummies(values.shape)
    flat, kept = values.ravel(), ~left_out.ravel()
    gone = separated_cells(design, kept & (flat > 0), kept & (flat == 0))
    support = kept.copy()
    support[gone] = False
    if not support.any():
        return gone, np.ones(len(kept), dtype=bool), np.zeros(len(kept))
    _, sizes, axes = np.linalg.svd(design[support])
    rank = int(np.sum(sizes > 1e-9 * sizes[0]))
    unknown = np.abs(design @ axes[rank:].T).max(axis=1, initial=0.0) > 1e-8
    basis = axes[:rank].T
    theta = newton(design[support] @ basis, flat[support])
    return gone, unknown, np.exp(np.minimum(design @ basis @ theta, 700))


@pytest.mark.parametrize("seed", range(60))
def test_tiny_panels_agree_with_dummies_a_linear_programme_and_ranks(seed):
    values, left_out = draw(
        seed, lambda rng: rng.integers(2, 6, 3), lambda rng: rng.uniform(0.2, 0.9)
    )
    gone, unknown, means = brute(values, left_out)
    fitted = kernel.fit([kernel.block_of(values, left_out)], values.shape, tolerance=TIGHT)
    found = kernel.predict(fitted, np.arange(values.size))
    kept = ~left_out.ravel()

    assert set(np.flatnonzero(kept & (found == 0))) == set(gone)
    assert not np.isnan(found[kept]).any()
    # A left-out cell in a group of zeros is zero whatever its other two factors are.
    np.testing.assert_array_equal(np.isnan(found), unknown & ~kept & (found != 0))
    known = ~np.isnan(found) & (found != 0)
    np.testing.assert_allclose(found[known], means[known], rtol=BRUTE)
    counted = int(np.isnan(found).sum())
    assert fitted.unidentified.sum() == counted
    assert fitted.zeros.sum() + len(fitted.separated) == len(gone)
    assert fitted.predicted_zeros.sum() == int(np.sum(~kept & (found == 0)))


def long_rows(values, left_out):
    import pandas as pd

    _, hubs, families, periods = values.shape
    o, h, k, t = np.unravel_index(np.arange(values.size), values.shape)
    rows = pd.DataFrame(
        {
            "cell": np.arange(values.size),
            "value": values.ravel(),
            "level": (o * hubs + h) * families + k,
            "product": (o * families + k) * periods + t,
            "growth": (o * hubs + h) * periods + t,
        }
    )
    out = left_out.ravel()
    return rows[~out].reset_index(drop=True)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_predictions_agree_with_pyfixest(seed):
    import pyfixest

    rng = np.random.default_rng([77, seed])
    shape = tuple(int(n) for n in rng.integers((1, 8, 8, 8), (4, 14, 13, 13)))
    share = np.linspace(0.3, 0.95, 10)[seed]
    # Big destinations and products trade always, as they do, so that 95 % zeros leave a core.
    level = rng.normal(0, 1, shape[:2])[:, :, None] + rng.normal(0, 1, (shape[0], 1, shape[2]))
    chance = np.argsort(np.argsort(level.ravel())).reshape(level.shape) / level.size
    traded = rng.random(shape) < np.clip(5 * (chance - share) + 0.5, 0.01, 0.98)[..., None]
    values = np.round(np.exp(5 + level[..., None] + rng.normal(0, 0.7, shape)) + 1) * traded
    values[:, 0, 1] = 0
    values[:, :, 2, 1] = 0
    left_out = rng.random(shape) < 0.05
    left_out[:, : shape[1] // 3, : shape[2] // 2, -3:] = True
    values = np.where(left_out, 0.0, values)
    fitted = kernel.fit(
        [kernel.block_of(v, m) for v, m in zip(values, left_out, strict=True)],
        shape[1:],
        tolerance=TIGHT,
    )
    rows = long_rows(values, left_out)
    ours = kernel.predict(fitted, rows["cell"].to_numpy())
    # With separated cells outside groups of zeros among the rows its weights run to zero and its
    # inner solver gives up; that they are separated is held against a linear programme above.
    theirs_kept = rows[~np.isin(rows["cell"], fitted.separated)].reset_index(drop=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own use of pandas, and the separation it reports
        peer = pyfixest.fepois(
            "value ~ 1 | level + product + growth",
            theirs_kept,
            fixef_rm="none",
            iwls_tol=1e-13,
            iwls_maxiter=500,
            demeaner=pyfixest.MapDemeaner(fixef_tol=1e-12, fixef_maxiter=500_000),
        )
        means = np.asarray(peer.predict(type="response"))
    used = peer._data["cell"].to_numpy()
    np.testing.assert_allclose(kernel.predict(fitted, used), means, rtol=PEER)
    # It drops groups of zeros, all of them and nothing else.
    np.testing.assert_array_equal(
        np.sort(rows["cell"].to_numpy()[ours == 0]), np.setdiff1d(rows["cell"], used)
    )
    # Its own effects for left-out cells come from its fitted means: their logarithms are sums of
    # effects, so least squares on dummies returns them, up to what is not identified.
    size = int(np.prod(shape[1:]))
    design = dummies(shape[1:])
    predicted = kernel.predict(fitted, np.arange(values.size))
    compared = 0
    for exporter in range(shape[0]):
        mine = used // size == exporter
        at = used[mine] - exporter * size
        effects = np.linalg.lstsq(design[at], np.log(means[mine]), rcond=None)[0]
        cells = np.flatnonzero(left_out[exporter].ravel())
        ours = predicted[cells + exporter * size]
        cells, ours = cells[ours > 0], ours[ours > 0]
        np.testing.assert_allclose(ours, np.exp(design[cells] @ effects), rtol=PEER)
        compared += len(ours)
    assert compared > 0
