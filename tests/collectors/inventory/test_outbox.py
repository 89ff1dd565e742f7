import gzip
import threading
from pathlib import Path

from collectors.inventory import (
    ASSETS,
    SOFTWARE,
    AssetItem,
    DeviceFacts,
    Document,
    SoftwareItem,
    decode_document,
    make_document,
)
from collectors.inventory.outbox import REJECTED_KEPT, Outbox

DAY_NS = 86_400 * 10**9
START_NS = 1_790_000_000 * 10**9


class Clock:
    def __init__(self) -> None:
        self.now_ns = START_NS

    def __call__(self) -> int:
        self.now_ns += 1
        return self.now_ns


def software(name: str = "App") -> Document:
    return make_document(SOFTWARE, [SoftwareItem(name=name)], START_NS, DeviceFacts())


def assets() -> Document:
    return make_document(ASSETS, [AssetItem(asset="a")], START_NS, DeviceFacts())


def test_it_gives_documents_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "inventory", Clock())
    documents = [software("one"), assets(), software("two")]
    for each in documents:
        outbox.put(each)

    waiting = Outbox(tmp_path / "inventory").waiting()

    assert [decode_document(gzip.decompress(each.read())) for each in waiting] == documents
    assert [each.kind for each in waiting] == ["software", "assets", "software"]
    assert all(each.path.stat().st_mode & 0o777 == 0o600 for each in waiting)


def test_an_outbox_that_was_never_used_is_empty(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "inventory")
    outbox.trim()

    assert outbox.waiting() == []
    assert (outbox.counts().dropped, outbox.counts().rejected) == (0, 0)


def test_it_drops_what_is_too_old_but_never_the_newest_of_a_kind(tmp_path: Path) -> None:
    clock = Clock()
    outbox = Outbox(tmp_path, clock)
    for each in (software("one"), assets(), software("two")):
        outbox.put(each)
    clock.now_ns += 30 * DAY_NS

    outbox.trim(max_age_s=7 * 86400.0)

    assert [each.kind for each in outbox.waiting()] == ["assets", "software"]
    assert outbox.counts().dropped == 1
    outbox.trim(max_age_s=7 * 86400.0)
    assert outbox.counts().dropped == 1


def test_it_drops_the_oldest_beyond_its_size(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, Clock())
    for number in range(5):
        outbox.put(software(f"app {number}"))
    size = outbox.waiting()[0].size

    outbox.trim(max_bytes=2 * size + 10)

    names = [decode_document(gzip.decompress(each.read())).items[0].name for each in outbox.waiting()]  # type: ignore[union-attr]
    assert names == ["app 3", "app 4"]
    outbox.trim(max_bytes=0)
    assert len(outbox.waiting()) == 1
    assert outbox.counts().dropped == 4


def test_it_keeps_a_few_refused_documents_apart(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, Clock())
    for _ in range(REJECTED_KEPT + 2):
        outbox.put(software())
        outbox.reject(outbox.waiting()[0])

    assert outbox.waiting() == []
    assert outbox.counts().rejected == REJECTED_KEPT + 2
    assert len(list(tmp_path.glob("*.rejected"))) == REJECTED_KEPT


def test_damaged_counts_begin_anew(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, Clock())
    (tmp_path / "counts.json").write_text("[1")

    assert outbox.counts().rejected == 0


def test_foreign_and_half_written_files_are_no_documents(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, Clock())
    for name in ("00000000000000000001-software.json.gz.new", "notes-x.json.gz", "README"):
        (tmp_path / name).write_bytes(b"x")

    assert outbox.waiting() == []


def test_threads_may_put_at_once(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    threads = [threading.Thread(target=outbox.put, args=(each,)) for each in (software(), assets())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each.kind for each in outbox.waiting()) == ["assets", "software"]
