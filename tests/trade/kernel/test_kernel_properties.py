"""What must hold of the kernel's predictions on every panel."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from throughflow.trade import kernel

# Each fit meets its margins to 1e-12; ill-conditioned draws lose some digits in single means.
SAME = 1e-6
TIGHT = 1e-12
SHAPE = (4, 3, 5)

amounts = st.one_of(st.just(0.0), st.integers(1, 10**4).map(float))
values = arrays.arrays(np.float64, SHAPE, elements=amounts)
masks = arrays.arrays(np.bool_, SHAPE, elements=st.sampled_from([True, False, False, False, False]))
quick = settings(max_examples=40, deadline=None)


def means_of(value, left_out):
    fitted = kernel.fit([kernel.block_of(value, left_out)], value.shape, tolerance=TIGHT)
    return kernel.predict(fitted, np.arange(value.size)).reshape(value.shape)


@quick
@given(values, masks)
def test_fitted_margins_are_the_observed_ones(value, left_out):
    means = np.where(left_out, 0, means_of(value, left_out))
    kept = np.where(left_out, 0, value)
    for axis in range(3):
        np.testing.assert_allclose(means.sum(axis), kept.sum(axis), rtol=1e-9, atol=1e-300)


@quick
@given(values, masks, st.randoms(use_true_random=False))
def test_the_order_of_labels_does_not_matter(value, left_out, random):
    orders = [random.sample(range(n), n) for n in SHAPE]
    at = np.ix_(*orders)
    np.testing.assert_allclose(
        means_of(value[at], left_out[at]), means_of(value, left_out)[at], rtol=SAME
    )


@quick
@given(values, masks, st.sampled_from([1e-6, 3.0, 1e9]))
def test_another_unit_of_money_scales_predictions(value, left_out, unit):
    np.testing.assert_allclose(
        means_of(value * unit, left_out), means_of(value, left_out) * unit, rtol=SAME
    )


@quick
@given(values, masks, values, masks)
def test_exporters_together_are_exporters_one_by_one(first, first_out, second, second_out):
    blocks = [kernel.block_of(first, first_out), kernel.block_of(second, second_out)]
    both = kernel.fit(blocks, SHAPE)
    threaded = kernel.fit(blocks, SHAPE, threads=2)
    cells = np.arange(2 * first.size)
    together = kernel.predict(both, cells)
    alone = [kernel.predict(kernel.fit([block], SHAPE), cells[: first.size]) for block in blocks]
    np.testing.assert_array_equal(together, np.concatenate(alone))
    assert kernel.predict(threaded, cells).tobytes() == together.tobytes()


PROGRAM = """
import hashlib
import numpy as np
from throughflow.trade import kernel
rng = np.random.default_rng(1)
shape = (90, 110, 48)
values = rng.lognormal(3, 2, shape) * (rng.random(shape) < 0.2)
left_out = rng.random(shape) < 0.05
fitted = kernel.fit([kernel.block_of(values, left_out)], shape, threads=2)
means = kernel.predict(fitted, np.arange(values.size))
print(hashlib.sha256(means.tobytes()).hexdigest())
"""


def test_the_number_of_threads_of_the_matrix_library_changes_no_bit():
    found = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2", "2")
    }
    assert len(found) == 1
