import subprocess
import sys
from pathlib import Path

import pytest

from api.local import logs


def test_it_keeps_one_older_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 100)
    path = tmp_path / "a.log"
    path.write_text("x" * 101)
    with logs.open_log(path) as file:
        file.write(b"new\n")
    assert path.read_text() == "new\n"
    assert (tmp_path / "a.log.1").read_text() == "x" * 101


def test_it_is_cut_under_a_child_that_goes_on_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 1000)
    path = tmp_path / "a.log"
    script = "import sys\nfor line in sys.stdin: sys.stdout.write('y' * 600 + '\\n'); sys.stdout.flush()"
    with logs.open_log(path) as file:
        child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=file)
    assert child.stdin
    for number in range(1, 4):
        child.stdin.write(b"go\n")
        child.stdin.flush()
        expected = {1: 601, 2: 1202, 3: 601}[number]
        while path.stat().st_size < expected:
            pass
        logs.cap(path)
    child.stdin.close()
    child.wait(10)
    assert path.stat().st_size == 601
    assert b"\0" not in path.read_bytes()


def test_it_quotes_the_last_line(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    assert logs.last_line(path) == ""
    path.write_text("first\nlast words\n\n")
    assert logs.last_line(path) == "last words"
