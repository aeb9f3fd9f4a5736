"""The kernel on panels whose truth is known, and on what it must refuse to answer."""

from __future__ import annotations

import numpy as np
import pytest

from throughflow.errors import InputError, ModelError
from throughflow.trade import kernel
from throughflow.trade.kernel import exporter as kernel_exporter
from throughflow.trade.kernel import sums as kernel_sums

# Margins are asked to agree to TIGHT; means follow within the conditioning of small panels.
TIGHT = 1e-12
RECOVERED = 1e-9
SHAPE = (7, 6, 9)


def truth(seed, shape=SHAPE):
    rng = np.random.default_rng(seed)
    level = rng.lognormal(3, 1.5, shape[:2])
    product = rng.lognormal(0, 0.5, shape[1:])
    growth = rng.lognormal(0, 0.5, (shape[0], shape[2]))
    return level[:, :, None] * product * growth[:, None, :]


def mask(shape=SHAPE, share=0.1, seed=1):
    left_out = np.random.default_rng(seed).random(shape) < share
    left_out[:3, :2, -4:] = True
    return left_out


def fitted_means(values, left_out, **options):
    fitted = kernel.fit([kernel.block_of(values, left_out)], values.shape, **options)
    return fitted, kernel.predict(fitted, np.arange(values.size)).reshape(values.shape)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6])
def test_left_out_cells_of_a_noiseless_panel_are_recovered(share):
    # With 60 % left out the sums are taken over the kept cells, else over all less the left out.
    shape = (20, 18, 24)
    values = truth(0, shape)
    left_out = mask(shape, share=share)
    _, means = fitted_means(np.where(left_out, 1e9, values), left_out, tolerance=TIGHT)
    np.testing.assert_allclose(means, values, rtol=RECOVERED)


def test_an_excess_planted_in_left_out_cells_is_returned_whole():
    values = truth(2)
    left_out = mask(share=0)
    actual = values + 1000.0 * left_out
    fitted = kernel.fit([kernel.block_of(actual, left_out)], SHAPE, tolerance=TIGHT)
    window = kernel.predict_window(fitted, np.flatnonzero(left_out))
    excess = np.where(left_out, actual, 0).sum(axis=2) - window.expected[0]
    np.testing.assert_allclose(excess, 1000.0 * left_out.sum(axis=2), atol=1e-4)
    np.testing.assert_array_equal(window.cells[0], left_out.sum(axis=2))
    assert not window.unidentified.any()


def test_groups_of_which_almost_nothing_is_kept_keep_their_digits():
    # One hub is 10^12 times the others, and all its cells of the last period are left out:
    # the whole less the left-out part would have no digit of the other hubs' sums left.
    values = truth(3)
    values[0] *= 1e12
    left_out = np.zeros(SHAPE, dtype=bool)
    left_out[0, :-1, -1] = True
    _, means = fitted_means(values, left_out, tolerance=TIGHT)
    np.testing.assert_allclose(means, values, rtol=RECOVERED)


def test_the_margins_named_in_the_result_agree():
    rng = np.random.default_rng(4)
    values = rng.lognormal(2, 2, SHAPE) * (rng.random(SHAPE) < 0.5)
    left_out = mask(share=0.05)
    fitted, means = fitted_means(values, left_out, tolerance=1e-11)
    kept = np.where(left_out, 0, values), np.where(left_out, 0, means)
    for axis in range(3):
        np.testing.assert_allclose(kept[1].sum(axis), kept[0].sum(axis), rtol=1e-10, atol=1e-12)
    assert fitted.margin_error[0] <= 1e-11
    assert fitted.rounds[0] > 1


def test_a_group_of_zeros_predicts_zero_and_is_counted():
    values = truth(5)
    left_out = mask(share=0)
    values[0, 0, :-4] = 0  # a hub that never bought a product before it was restricted
    fitted, means = fitted_means(values, left_out)
    assert not means[0, 0].any()
    assert fitted.zeros[0] == 5
    assert fitted.predicted_zeros[0] == 4
    assert fitted.unidentified[0] == 0
    assert len(fitted.separated) == 0


def test_a_group_without_any_untreated_cell_has_no_prediction():
    values = truth(6)
    left_out = mask(share=0)
    left_out[:, 1, -1] = True  # nobody is left to show the product's last period
    fitted, means = fitted_means(values, left_out)
    assert np.isnan(means[:, 1, -1]).all()
    assert np.isnan(means).sum() == SHAPE[0] == fitted.unidentified[0]
    window = kernel.predict_window(fitted, np.flatnonzero(left_out))
    assert np.isnan(window.expected[0, :, 1]).all()
    np.testing.assert_array_equal(window.unidentified[0].sum(axis=0), [0, SHAPE[0], 0, 0, 0, 0])


def test_opposite_corners_of_zeros_are_separated_though_no_margin_is_zero():
    # The classic case: two zeros across a cube. Raising all effects of one against the other
    # lowers both and moves nothing else, so the likelihood has no maximum.
    values = np.arange(1.0, 9.0).reshape(2, 2, 2)
    values[0, 0, 0] = values[1, 1, 1] = 0
    fitted, means = fitted_means(values, np.zeros((2, 2, 2), dtype=bool))
    np.testing.assert_array_equal(fitted.separated, [0, 7])
    np.testing.assert_allclose(means, values, rtol=RECOVERED)
    assert fitted.zeros[0] == 0


def test_left_out_cells_that_hang_on_separated_ones_are_not_answered():
    values = np.arange(1.0, 9.0).reshape(2, 2, 2)
    values[0, 0, 0] = 0
    left_out = np.zeros((2, 2, 2), dtype=bool)
    left_out[1, 1, 1] = True
    fitted, means = fitted_means(values, left_out)
    # The zero can be met by letting the left-out corner run to infinity.
    np.testing.assert_array_equal(fitted.separated, [0])
    np.testing.assert_array_equal(fitted.undetermined, [7])
    assert np.isnan(means[1, 1, 1])
    assert fitted.unidentified[0] == 1


def test_left_out_cells_of_a_panel_in_two_parts_are_undetermined():
    # Two groups of hubs, products and periods that share effects only through left-out cells.
    first = np.arange(4) < 2
    same = first[:, None, None] == first[:, None]
    same = same & (first[:, None, None] == first)
    values = truth(7, (4, 4, 4))
    fitted, means = fitted_means(values, ~same)
    assert np.isnan(means[~same]).all()
    np.testing.assert_allclose(means[same], values[same], rtol=RECOVERED)
    assert fitted.unidentified[0] == int((~same).sum())


def test_an_exporter_without_trade_is_zero_everywhere():
    fitted, means = fitted_means(np.zeros(SHAPE), np.zeros(SHAPE, dtype=bool))
    assert not means.any()
    assert fitted.zeros[0] == np.prod(SHAPE)
    empty = kernel.fit([], SHAPE)
    assert empty.shape == (0, *SHAPE)


def test_not_settling_is_an_error_that_names_rounds_and_margin():
    rng = np.random.default_rng(8)
    values = rng.lognormal(2, 2, SHAPE) * (rng.random(SHAPE) < 0.5)
    with pytest.raises(
        ModelError, match=r"exporter 0: .* in 3 rounds: .* by up to \d\.\de"
    ) as told:
        fitted_means(values, mask(), most_rounds=3)
    assert "1e-10 was asked for" in str(told.value)


@pytest.mark.parametrize(
    ("cell", "value", "left_out", "said"),
    [
        ([0], [-1.0], [1], "not negative"),
        ([0], [np.nan], [1], "finite"),
        ([8], [1.0], [1], "cells run from 8 to 8"),
        ([0], [1.0], [-1], "cells run from -1"),
        ([0], [1.0], [1, 1], "left out twice"),
    ],
)
def test_input_that_cannot_be_meant_is_refused(cell, value, left_out, said):
    block = kernel.Block(np.array(cell), np.array(value), np.array(left_out))
    with pytest.raises(InputError, match=said):
        kernel.fit([block], (2, 2, 2))


def test_a_mask_of_another_shape_and_cells_outside_are_refused():
    with pytest.raises(InputError, match="the mask has"):
        kernel.block_of(np.zeros((2, 2, 2)), np.zeros((2, 2, 3), dtype=bool))
    fitted, _ = fitted_means(truth(9), mask())
    with pytest.raises(InputError, match="the grid has 0 to 377"):
        kernel.predict(fitted, np.array([378]))


def test_the_extrapolation_saves_rounds_and_changes_no_answer(monkeypatch):
    rng = np.random.default_rng(10)
    shape = (12, 10, 12)
    values = rng.lognormal(2, 2, shape) * (rng.random(shape) < 0.4)
    left_out = mask(shape, share=0.05)
    fast, means = fitted_means(values, left_out)
    monkeypatch.setattr("throughflow.trade.kernel.rounds.MEMORY", 0)
    slow, plain = fitted_means(values, left_out)
    np.testing.assert_allclose(means, plain, rtol=1e-6)
    assert fast.rounds[0] * 2 < slow.rounds[0]


def test_repeated_rows_of_one_cell_add_up():
    values = truth(11)
    block = kernel.block_of(values, mask())
    halves = kernel.Block(np.tile(block.cell, 2), np.tile(block.value / 2, 2), block.left_out[::-1])
    whole, parts = (kernel.fit([b], SHAPE) for b in (block, halves))
    np.testing.assert_allclose(parts.level, whole.level, rtol=RECOVERED)


@pytest.mark.parametrize("shape", [(3, 5, 4), (1, 4000, 3), (150, 61, 90)])
def test_a_product_in_pieces_is_the_product(shape):
    rng = np.random.default_rng(12)
    left, right = rng.normal(size=shape[:2]), rng.normal(size=shape[1:])
    np.testing.assert_allclose(
        kernel_sums.matrix_product(left, right), left @ right, rtol=1e-9, atol=1e-10
    )


def test_a_warm_start_gives_the_same_answer_in_fewer_rounds():
    rng = np.random.default_rng(13)
    values = rng.lognormal(2, 2, SHAPE) * (rng.random(SHAPE) < 0.7)
    block = kernel.block_of(values, mask())
    cold = kernel_exporter.fit_exporter(block, SHAPE, where="")
    warm = kernel_exporter.fit_exporter(block, SHAPE, where="", start=cold.factors)
    assert warm.rounds < cold.rounds / 3
