import gzip
from pathlib import Path

import pytest

from collectors.inventory import ASSETS, SOFTWARE, AssetItem, DeviceFacts, SoftwareItem, decode_document
from collectors.inventory.changes import ChangeKind
from collectors.inventory.outbox import Outbox
from collectors.inventory.register import Register

START_NS = 1_790_000_000 * 10**9
DAY_NS = 86_400 * 10**9
DEVICE = DeviceFacts(host="keiri-pc1", os="Windows 11 Pro")
OLD, NEW = SoftwareItem(name="App", version="1.0"), SoftwareItem(name="App", version="1.1")


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


@pytest.fixture
def register(tmp_path: Path, outbox: Outbox) -> Register[SoftwareItem]:
    return Register(SOFTWARE, tmp_path / "state" / "software.json.gz", outbox)


def test_it_sends_the_first_list_and_calls_nothing_in_it_a_change(
    register: Register[SoftwareItem], outbox: Outbox
) -> None:
    listed = register.note([OLD], START_NS, DEVICE)

    assert listed.changes is None
    assert [decode_document(gzip.decompress(each.read())) for each in outbox.waiting()] == [listed.document]


def test_it_sends_a_list_again_only_where_it_changed(register: Register[SoftwareItem], outbox: Outbox) -> None:
    register.note([OLD], START_NS, DEVICE)
    same = register.note([OLD, OLD], START_NS + DAY_NS, DEVICE)
    changed = register.note([NEW], START_NS + 2 * DAY_NS, DEVICE)

    assert same.changes == []
    assert [each.kind for each in changed.changes or ()] == [ChangeKind.UPDATED]
    assert len(outbox.waiting()) == 2


def test_it_remembers_across_starts(register: Register[SoftwareItem], outbox: Outbox, tmp_path: Path) -> None:
    register.note([OLD], START_NS, DEVICE)
    again = Register(SOFTWARE, tmp_path / "state" / "software.json.gz", outbox)

    assert again.note([OLD], START_NS + 1, DEVICE).changes == []
    assert len(outbox.waiting()) == 1
    assert (tmp_path / "state" / "software.json.gz").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("later_ns", [int(SOFTWARE.heartbeat_s) * 10**9, -DAY_NS])
def test_it_sends_an_unchanged_list_once_a_month_and_when_the_clock_went_back(
    register: Register[SoftwareItem], outbox: Outbox, later_ns: int
) -> None:
    register.note([OLD], START_NS, DEVICE)
    for run in range(3):
        register.note([OLD], START_NS + later_ns + run * 10**9, DEVICE)

    assert len(outbox.waiting()) == 2


def test_it_sends_a_list_again_where_the_machine_is_another(register: Register[SoftwareItem], outbox: Outbox) -> None:
    register.note([OLD], START_NS, DEVICE)
    register.note([OLD], START_NS + 1, DeviceFacts(host="keiri-pc1", os="Windows 11 Pro 25H2"))

    assert len(outbox.waiting()) == 2


def test_it_starts_anew_from_a_damaged_file(
    register: Register[SoftwareItem], outbox: Outbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    register.note([OLD], START_NS, DEVICE)
    path = tmp_path / "state" / "software.json.gz"
    path.write_bytes(path.read_bytes()[:-20])

    assert register.note([NEW], START_NS + 1, DEVICE).changes is None
    assert len(outbox.waiting()) == 2
    assert len(caplog.records) == 1


def test_it_sends_nothing_and_keeps_nothing_without_an_outbox(tmp_path: Path) -> None:
    register = Register(SOFTWARE, tmp_path / "software.json.gz", None)

    assert register.note([OLD], START_NS, DEVICE).changes is None
    assert list(tmp_path.iterdir()) == []
    assert Register(SOFTWARE, None, None).note([OLD], START_NS, DEVICE).changes is None


def test_what_cannot_be_kept_is_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "outbox").write_text("a file in the way")
    register = Register(SOFTWARE, tmp_path / "state.gz", Outbox(tmp_path / "outbox"))

    assert not register.note([OLD], START_NS, DEVICE).is_kept
    (tmp_path / "outbox").unlink()
    assert register.note([OLD], START_NS + 1, DEVICE).is_kept
    assert len(Outbox(tmp_path / "outbox").waiting()) == 1
    assert len(caplog.records) == 1


def test_another_kinds_file_is_no_last_list(tmp_path: Path, outbox: Outbox) -> None:
    Register(ASSETS, tmp_path / "x.gz", outbox).note([AssetItem(asset="a")], START_NS, DEVICE)

    assert Register(SOFTWARE, tmp_path / "x.gz", outbox).note([OLD], START_NS, DEVICE).changes is None
