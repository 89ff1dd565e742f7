"""Percentiles of columns with gaps."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from api.analysis.devices.percentiles import percentiles


@given(
    st.lists(
        st.lists(st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)), min_size=3, max_size=3), min_size=1, max_size=12
    ),
    st.sampled_from([0.0, 10.0, 50.0, 95.0, 100.0]),
)
def test_they_are_numpys_where_anything_is_told(rows: list[list[float]], percent: float) -> None:
    values = np.array(rows)

    (found,) = percentiles(values, percent)

    for column, own in zip(values.T, found, strict=True):
        told = column[np.isfinite(column)]
        expected = np.percentile(told, percent) if len(told) else np.nan
        assert np.allclose(own, expected, equal_nan=True)


def test_of_nothing_there_are_none() -> None:
    assert np.isnan(percentiles(np.full((2, 3), np.nan), 50)[0]).all()
