from collections.abc import Callable
from pathlib import Path

import pytest

from api.config import Config
from api.jobs.queue import QueueError, open_queue


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Config]:
    def make(url: str = f"sqlite:///{tmp_path / 'karte.db'}", **others: object) -> Config:
        return Config(url, "test", **others)  # type: ignore[arg-type]  # each test names one of its own

    return make


def test_it_keeps_the_queue_beside_the_database(settings: Callable[..., Config], tmp_path: Path) -> None:
    open_queue(settings()).storage.close()
    assert (tmp_path / "jobs.db").is_file()


def test_it_keeps_the_queue_where_the_settings_say(settings: Callable[..., Config], tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "queue.db"
    open_queue(settings("postgresql://db/karte", queue_path=path)).storage.close()
    assert path.is_file()


def test_it_asks_for_a_place_where_there_is_none(settings: Callable[..., Config]) -> None:
    with pytest.raises(QueueError, match="set KARTE_HUEY, a file, or KARTE_REDIS_URL"):
        open_queue(settings("postgresql://db/karte"))


def test_it_names_the_package_that_redis_needs(
    settings: Callable[..., Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(QueueError, match="pip install redis"):
        open_queue(settings(redis_url="redis://127.0.0.1/0"))


def test_it_names_a_file_that_cannot_be_used(settings: Callable[..., Config], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(QueueError, match=r"the queue of jobs .* cannot be opened"):
        open_queue(settings(queue_path=tmp_path / "file" / "queue.db"))
    with pytest.raises(QueueError, match=r"the queue of jobs .* cannot be opened"):
        open_queue(settings(queue_path=tmp_path))
