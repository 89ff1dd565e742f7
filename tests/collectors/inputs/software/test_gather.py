import gzip
import json
from pathlib import Path

import pytest

from collectors import catalogue
from collectors.input import NoPermission
from collectors.inputs.software import INPUT, Software, windows_reader
from collectors.inputs.software.reading import Reading
from collectors.inventory import SOFTWARE, DeviceFacts, SoftwareItem, decode_document
from collectors.inventory.outbox import Outbox
from collectors.inventory.register import Register
from collectors.point import FieldValue
from collectors.text import Text

START_NS = 1_790_000_000 * 10**9


class Pc:
    """A machine whose software the test decides."""

    def __init__(self, folder: Path) -> None:
        self.reading: Reading | Exception = Reading()
        self.outbox = Outbox(folder / "outbox")
        self.now_ns = START_NS
        register = Register(SOFTWARE, folder / "software.json.gz", self.outbox)
        self.gatherer = Software(self.read, register, lambda: DeviceFacts(host="keiri-pc1"), lambda: self.now_ns)

    def read(self, _now_ns: int) -> Reading:
        if isinstance(self.reading, Exception):
            raise self.reading
        return self.reading

    def gather(self) -> dict[str, FieldValue]:
        self.now_ns += 3600 * 10**9
        points = self.gatherer.gather()
        assert catalogue.problems(points) == []
        return dict(points[0].fields)

    def sent(self) -> list[list[str]]:
        documents = [decode_document(gzip.decompress(each.read())) for each in self.outbox.waiting()]
        return [[f"{item.name} {item.version}" for item in each.items] for each in documents]  # type: ignore[union-attr]


@pytest.fixture
def pc(tmp_path: Path) -> Pc:
    return Pc(tmp_path)


def of(*texts: str, source: str = "registry", scope: str = "machine") -> tuple[SoftwareItem, ...]:
    pairs = (text.split() for text in texts)
    return tuple(SoftwareItem(name=name, version=version, source=source, scope=scope) for name, version in pairs)


def test_it_sends_the_list_and_sums_it_up(pc: Pc) -> None:
    pc.reading = Reading(of("Chrome 1.0", "7-Zip 24.08"), "registry")

    fields = pc.gather()

    assert (fields["state"], fields["reason_code"], fields["installed"]) == ("ok", "listed", 2)
    assert "added" not in fields
    assert pc.sent() == [["7-Zip 24.08", "Chrome 1.0"]]


def test_it_tells_what_changed_since_the_list_sent_last(pc: Pc) -> None:
    pc.reading = Reading(of("Chrome 1.0", "Old 1.0"), "registry")
    pc.gather()
    pc.reading = Reading(of("Chrome 1.1", "New 2.0"), "registry")
    changed, same = pc.gather(), pc.gather()

    assert (changed["reason_code"], changed["added"], changed["removed"], changed["updated"]) == ("changed", 1, 1, 1)
    assert changed["changed_names"] == "^Chrome 1.0 -> 1.1; -Old 1.0; +New 2.0"
    assert (same["reason_code"], same["added"], same["removed"], same["updated"]) == ("listed", 0, 0, 0)
    assert same["list_hash"] == changed["list_hash"]
    assert len(pc.sent()) == 2


def test_what_cannot_be_read_at_all_leaves_the_last_list_alone(pc: Pc) -> None:
    pc.reading = Reading(of("Chrome 1.0"), "registry")
    pc.gather()
    pc.reading = NoPermission("no permission to run powershell")
    fields = pc.gather()

    assert (fields["state"], fields["reason_code"]) == ("unknown", "unreadable")
    assert "no permission to run powershell" in str(fields["reason_en"])
    assert "installed" not in fields
    pc.reading = Reading(of("Chrome 1.0"), "registry")
    assert pc.gather()["removed"] == 0
    assert len(pc.sent()) == 1


def test_what_could_not_be_seen_this_time_is_not_removed(pc: Pc) -> None:
    user = of("Chat 4.35", source="registry", scope="user")
    pc.reading = Reading((*of("Chrome 1.0"), *user), "registry")
    pc.gather()
    pc.reading = Reading(of("Chrome 1.1"), "registry", unseen=frozenset({("registry", "user")}))
    fields = pc.gather()

    assert (fields["state"], fields["installed"], fields["removed"], fields["updated"]) == ("ok", 2, 0, 1)
    newer = of("Chat 4.36", source="registry", scope="user")
    pc.reading = Reading((*of("Chrome 1.1"), *newer), "registry", unseen=frozenset({("registry", "user")}))
    assert (pc.gather()["updated"], pc.sent()[-1]) == (1, ["Chat 4.36", "Chrome 1.1"])
    pc.reading = Reading(of("Chrome 1.1"), "registry")
    assert pc.gather()["removed"] == 1


def test_a_part_that_failed_makes_the_list_incomplete(pc: Pc) -> None:
    pc.reading = Reading(
        of("bash 5"), "dpkg", (Text("snap を読めません", "snap failed"),), frozenset({("snap", "machine")})
    )

    fields = pc.gather()

    assert (fields["state"], fields["reason_code"]) == ("unknown", "incomplete")
    assert "snap failed" in str(fields["reason_en"])
    assert len(pc.sent()) == 1


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    pc = Pc(tmp_path)
    pc.reading = Reading(of("Chrome 1.0"), "registry")

    assert pc.gather()["reason_code"] == "not_kept"


def test_it_asks_windows_for_store_apps_where_they_are_wanted() -> None:
    asked: list[str] = []

    def ask(script: str, _timeout_s: float) -> str:
        asked.append(script)
        store = {"items": [{"Name": "Example.App", "Version": "1.2.0.0", "Architecture": "X64", "Publisher": "8wekyb"}]}
        machine = {"items": [{"Key": "a", "DisplayName": "Chrome", "DisplayVersion": "1.0"}]}
        return json.dumps({"karte": "software", "parts": {"machine": machine, "store": store}})

    reading = windows_reader(with_store=True, ask=ask)(START_NS)
    windows_reader(ask=ask)(START_NS)

    assert ["Get-AppxPackage" in script for script in asked] == [True, False]
    assert [(item.name, item.source, item.arch) for item in reading.items] == [
        ("Chrome", "registry", ""),
        ("Example.App", "store", "x64"),
    ]
    # Without the count of profiles nobody knows whether all users were seen.
    assert reading.unseen == {("registry", "user")}


def test_entries_that_may_not_be_read_make_the_list_incomplete_and_are_not_removed() -> None:
    machine = {"items": [{"Key": "a", "DisplayName": "Chrome", "DisplayVersion": "1.0"}]}
    parts = {"machine": machine, "denied": {"items": [{"Count": 2}]}, "profiles": {"items": [{"All": 1, "Loaded": 1}]}}

    reading = windows_reader(ask=lambda _script, _s: json.dumps({"karte": "software", "parts": parts}))(START_NS)

    assert [why.en for why in reading.unread] == ["no permission to read 2 entries"]
    assert ("registry", "machine") in reading.unseen


def test_it_is_declared_with_its_list() -> None:
    assert [each.name for each in INPUT.inventories] == ["software"]
    assert INPUT.available().ok
