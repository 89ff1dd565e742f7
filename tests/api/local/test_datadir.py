import shutil
import threading
from pathlib import Path

import pytest

from api.local.datadir import DataDirError, data_dir


def test_the_layout_is_below_the_directory_and_closed_to_others(tmp_path: Path) -> None:
    place = data_dir(tmp_path / "new" / "local")
    place.create()
    place.create()
    assert place.root.stat().st_mode & 0o777 == 0o700
    assert {part.name for part in place.root.iterdir()} == {"influxdb", "reports", "agent", "log"}
    assert place.database_url == f"sqlite:///{place.root}/karte.db"
    assert place.state == place.root / "state.json"


def test_a_relative_directory_is_where_the_command_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_dir(Path("here")).root == tmp_path / "here"


def test_without_one_it_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    root = data_dir().root
    assert root.is_relative_to(tmp_path)
    assert root.parts[-2:] == ("office-karte", "local")


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    place = data_dir(tmp_path)
    place.create()
    key = place.secret_key()
    assert len(key) >= 40
    assert data_dir(tmp_path).secret_key() == key
    assert place.secret_key_path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["secret_key"]


def test_callers_that_start_at_once_get_one_key(tmp_path: Path) -> None:
    place = data_dir(tmp_path)
    place.create()
    start, keys = threading.Barrier(8), []

    def read() -> None:
        start.wait()
        keys.append(place.secret_key())

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["secret_key"]


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe"])
def test_a_key_of_no_use_is_named(tmp_path: Path, content: bytes) -> None:
    place = data_dir(tmp_path)
    place.create()
    place.secret_key_path.write_bytes(content)
    with pytest.raises(DataDirError, match="secret_key"):
        place.secret_key()


def test_a_file_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="ascii")
    with pytest.raises(DataDirError, match="cannot be used"):
        data_dir(tmp_path / "file").create()


def test_it_refuses_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = data_dir(tmp_path)
    place.require_room()
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=3 * 1024**2))
    with pytest.raises(DataDirError) as caught:
        place.require_room()
    for line in (caught.value.text.ja, caught.value.text.en):
        assert str(tmp_path) in line
        assert "3 MiB" in line
