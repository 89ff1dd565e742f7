import logging
import stat
from pathlib import Path

import pytest

from collectors.inputs.smart.history import APART_S, KEPT_S, History
from collectors.inputs.smart.judgement import Snapshot

HOUR = 3_600.0


def test_it_keeps_the_last_days_and_always_the_last_snapshot() -> None:
    history = History()
    history.add("A", Snapshot(0.0, {"pending": 1}))
    history.add("A", Snapshot(KEPT_S + HOUR, {"pending": 2}))
    assert [each.counts["pending"] for each in history.of("A")] == [1, 2]
    history.add("A", Snapshot(KEPT_S + 2 * HOUR, {"pending": 3}))
    assert [each.counts["pending"] for each in history.of("A")] == [2, 3]
    assert history.of("B") == ()


def test_it_passes_over_snapshots_that_come_too_soon() -> None:
    history = History()
    for at in (0.0, APART_S / 2, APART_S):
        history.add("A", Snapshot(at, {}))
    assert [each.at for each in history.of("A")] == [0.0, APART_S]


def test_it_survives_a_clock_that_was_set_back() -> None:
    history = History()
    history.add("A", Snapshot(1_000_000.0, {"pending": 1}))
    history.add("A", Snapshot(10.0, {"pending": 2}))
    history.add("A", Snapshot(10.0 + HOUR, {"pending": 3}))
    assert [each.at for each in history.of("A")] == [10.0, 10.0 + HOUR]


def test_it_remembers_over_a_restart_in_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "agent" / "drives.json"
    first = History(path)
    first.add("A", Snapshot(5.0, {"pending": 1}))
    first.save()
    assert History(path).of("A") == (Snapshot(5.0, {"pending": 1}),)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{", "[]", '{"A": 5}', '{"A": [5, [1], ["x", {}], [1, {"pending": "x"}]]}'])
def test_it_starts_anew_from_a_damaged_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "drives.json"
    path.write_text(content)
    assert all(not each.counts for each in History(path).of("A"))


def test_it_loses_no_reading_where_the_file_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    history = History(tmp_path / "file" / "drives.json")
    history.add("A", Snapshot(5.0, {}))
    with caplog.at_level(logging.WARNING):
        history.save()
    assert "could not be written" in caplog.text
    assert history.of("A")
