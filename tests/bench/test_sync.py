"""The bench of the sync measures what it says, also with few contracts."""

import pytest

from tests.bench import bench_sync


def test_it_measures_a_full_and_two_idle_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_sync, "HOME", "")
    figures = bench_sync.measure(3)
    assert [figure.name.split(",")[0] for figure in figures] == ["sync full", "sync unchanged", "sync quick"]
    assert all(figure.value > 0 for figure in figures)
