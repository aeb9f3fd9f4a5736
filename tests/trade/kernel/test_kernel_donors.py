"""Leaving donors out one at a time, and who the product effects are learned from."""

from __future__ import annotations

import numpy as np
import pytest

from throughflow.errors import InputError
from throughflow.trade import kernel
from throughflow.trade.kernel import donors as kernel_donors

# Two fits, each to 1e-12 of every margin.
SAME = 1e-8
TIGHT = 1e-12
SHAPE = (8, 5, 9)


@pytest.fixture
def panel():
    rng = np.random.default_rng(1)
    values = np.round(rng.lognormal(4, 1.5, (2, *SHAPE)) + 1) * (rng.random((2, *SHAPE)) < 0.8)
    left_out = rng.random((2, *SHAPE)) < 0.03
    left_out[:, :2, :3, -3:] = True
    blocks = [kernel.block_of(v, m) for v, m in zip(values, left_out, strict=True)]
    return values, left_out, blocks, kernel.fit(blocks, SHAPE, tolerance=TIGHT)


def test_each_donor_left_out_is_a_fit_on_the_other_destinations(panel):
    values, left_out, blocks, fitted = panel
    asked = np.flatnonzero(left_out[1, :2])
    found = kernel_donors.leave_one_out(fitted, blocks[1], 1, [2, 5, 7], asked, tolerance=TIGHT)
    for at, donor in enumerate((2, 5, 7)):
        others = np.delete(np.arange(SHAPE[0]), donor)
        block = kernel.block_of(values[1, others], left_out[1, others])
        alone = kernel.fit([block], (len(others), *SHAPE[1:]), tolerance=TIGHT)
        np.testing.assert_allclose(found.mean[at], kernel.predict(alone, asked), rtol=SAME)
    np.testing.assert_array_equal(found.donors, [2, 5, 7])
    assert (found.rounds > 0).all()
    full = kernel.predict(fitted, asked + np.prod(SHAPE))
    moved = np.abs(found.mean - full).max(axis=1)
    assert (moved > 1e-3 * full.max()).all()


def test_without_its_only_donor_a_product_has_no_answer(panel):
    values, left_out, _, _ = panel
    left_out[0, :, 0, -1] = True
    left_out[0, 6, 0, -1] = False
    values[0, 6, 0, -1] = 10
    block = kernel.block_of(values[0], left_out[0])
    fitted = kernel.fit([block], SHAPE)
    cell = np.array([SHAPE[2] - 1])
    assert np.isfinite(kernel.predict(fitted, cell)).all()
    found = kernel_donors.leave_one_out(fitted, block, 0, [6, 3], cell)
    assert np.isnan(found.mean[0, 0])
    assert np.isfinite(found.mean[1, 0])
    share = kernel_donors.donor_shares(fitted, block, 0, [SHAPE[2] - 1]).share
    np.testing.assert_allclose(share[:, 0], np.eye(SHAPE[0])[6])


def test_shares_are_of_the_fitted_untreated_trade_of_the_periods_asked(panel):
    _, left_out, blocks, fitted = panel
    found = kernel_donors.donor_shares(fitted, blocks[1], 1, [7, 8])
    size = int(np.prod(SHAPE))
    means = kernel.predict(fitted, size + np.arange(size)).reshape(SHAPE)
    mass = np.where(left_out[1], 0, means)[:, :, 7:].sum(axis=2)
    np.testing.assert_allclose(found.fitted, mass.sum(axis=0))
    np.testing.assert_allclose(found.share, mass / mass.sum(axis=0))
    assert not found.share[:2, :3].any()


def test_a_hub_or_period_that_is_not_there_is_refused(panel):
    _, _, blocks, fitted = panel
    with pytest.raises(InputError, match="there is no hub 8"):
        kernel_donors.leave_one_out(fitted, blocks[0], 0, [8], np.array([0]))
    with pytest.raises(InputError, match="periods run from 0 to 8"):
        kernel_donors.donor_shares(fitted, blocks[0], 0, [9])
