"""What the golden cases list, thing by thing, and what is left of them where they are cut or damaged."""

import contextlib
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.decode import decode_text
from collectors.input import BadOutput, InputError, Recording
from collectors.inputs.software import recording
from collectors.inventory import SoftwareItem

NOW_NS = 1_790_000_000_000_000_000
DATA = Path(__file__).resolve().parents[3] / "data" / "software"
CASES = sorted(DATA.glob("*/input.*"))
TELLING_LATE = "snap-list-all-revisions"
"""Whether a revision counts there is told by a later line."""


def listed(name: str) -> list[SoftwareItem]:
    (source,) = (DATA / name).glob("input.*")
    return list(recording.read(decode_text(source.read_bytes()), NOW_NS).items)


def short(items: list[SoftwareItem]) -> list[tuple[str, str]]:
    return [(item.name, item.version) for item in items]


def test_it_reads_both_views_and_users_of_windows_and_leaves_out_parts_and_updates() -> None:
    items = {item.name: item for item in listed("windows-two-views-and-users")}

    assert list(items) == [
        "7-Zip 24.08 (x64)",
        "弥生会計 25",
        "Bad Date Tool",
        "Unix Date Tool",
        "Example Reader",
        "Example Chat",
    ]
    assert items["7-Zip 24.08 (x64)"] == SoftwareItem(
        name="7-Zip 24.08 (x64)",
        publisher="Igor Pavlov",
        version="24.08",
        arch="x64",
        source="registry",
        scope="machine",
        installed_on=date(2025, 1, 15),
        size_kib=5720,
    )
    assert items["弥生会計 25"].installed_on == date(2025, 2, 3)
    assert items["Bad Date Tool"].installed_on is None
    assert items["Unix Date Tool"].installed_on == date(2025, 1, 1)
    assert items["Unix Date Tool"].size_kib == 2**32 - 1
    assert (items["Example Reader"].arch, items["Example Reader"].size_kib) == ("x86", None)
    assert items["Example Chat"].scope == "user"


def test_it_reads_a_registry_export_with_dates_whose_order_one_of_them_settles() -> None:
    items = {item.name: item for item in listed("registry-export-utf16")}

    assert list(items) == ["サクラエディタ 2.4.2", "アプリ", "Example 32", "Example Chat"]
    assert [item.arch for item in items.values()] == ["x64", "x64", "x86", ""]
    assert [item.scope for item in items.values()] == ["machine", "machine", "machine", "user"]
    assert items["Example 32"].installed_on == date(2024, 2, 13)
    assert items["Example Chat"].installed_on == date(2024, 2, 5)
    assert items["サクラエディタ 2.4.2"].size_kib == 8000


def test_it_lists_only_packages_that_are_installed() -> None:
    assert short(listed("dpkg-query-own-format")) == [
        ("base-files", "13.8+deb13u1"),
        ("libc6", "2.41-12"),
        ("libc6", "2.41-12"),
        ("tzdata", "2025b-4+deb13u1"),
        ("man-db", "2.13.1-1"),
    ]
    assert short(listed("dpkg-l")) == [
        ("adduser", "3.134"),
        ("linux-libc-dev", "6.1.140-1"),
        ("man-db", "2.11.2-2"),
        ("zlib1g", "1:1.2.13.dfsg-1"),
    ]
    assert [item.arch for item in listed("dpkg-query-default")] == ["", "amd64", ""]


def test_it_reads_rpm_without_its_keys() -> None:
    items = listed("rpm-queryformat")

    assert short(items) == [
        ("bash", "5.1.8-9.el9"),
        ("tzdata", "2025b-1.el9"),
        ("kernel-core", "5.14.0-503.el9"),
        ("kernel-core", "5.14.0-570.el9"),
        ("vendor-agent", "3.2.0-1"),
    ]
    assert items[0].publisher == "Rocky Enterprise Software Foundation"
    assert (items[0].installed_on, items[0].size_kib) == (date(2024, 3, 1), 7557)
    assert (items[2].size_kib, items[4].publisher, items[4].installed_on) == (None, "", None)
    assert short(listed("rpm-qa-plain"))[3] == ("python3-pip-wheel", "21.3.1-1.el9")


def test_it_reads_snaps_and_flatpaks() -> None:
    assert short(listed("snap-list")) == [("bare", "1.0"), ("chromium", "139.0.725"), ("lxd", ""), ("todo-app", "2.4")]
    assert [item.publisher for item in listed("snap-list")] == ["canonical", "canonical", "canonical", "yamada-works"]
    assert short(listed("snap-list-all-revisions")) == [("chromium", "139.0.725")]
    assert [(item.name, item.version, item.scope) for item in listed("flatpak-list")] == [
        ("Firefox (org.mozilla.firefox)", "142.0", "machine"),
        ("GIMP (org.gimp.GIMP)", "3.0.4", "user"),
        ("NoVersion (jp.example.tool)", "master", "machine"),
    ]


def test_it_reads_objects_however_windows_prints_them() -> None:
    assert short(listed("wmic-product-cp932")) == [("勘定奉行クライアント", "5.1.0"), ("Example Viewer", "2.0")]
    table = listed("get-itemproperty-table")
    assert short(table) == [("7-Zip 24.08 (x64)", "24.08"), ("会計ソフト 2025", "25.1"), ("Example Viewer", "2.0")]
    assert [item.publisher for item in table] == ["Igor Pavlov", "例示株式会社", "Example Inc."]
    assert short(listed("records-csv")) == [("Example Viewer", "2.0"), ('Example "Pro", 64-bit', "1.5")]
    assert listed("records-csv")[1].installed_on == date(2024, 3, 13)
    assert [(item.name, item.scope) for item in listed("records-json")] == [
        ("Example Viewer", "machine"),
        ("Example Chat", "user"),
    ]


def test_it_reads_macos_without_where_things_lie() -> None:
    safari, editor, old = listed("macos-applications")

    assert (safari.publisher, safari.arch, safari.installed_on) == ("Apple", "universal", date(2026, 5, 12))
    assert (editor.publisher, editor.scope) == ("Example Inc.", "user")
    assert (old.version, old.publisher, old.installed_on) == ("", "", None)


@cache
def whole(path: Path) -> frozenset[tuple[str, str]]:
    try:
        return frozenset(short(list(recording.read(decode_text(path.read_bytes()), NOW_NS).items)))
    except InputError:
        return frozenset()


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([each for each in CASES if each.parent.name != TELLING_LATE]), st.floats(0, 1))
def test_a_cut_list_never_tells_of_something_else(path: Path, part: float) -> None:
    data = path.read_bytes()
    text = decode_text(data[: int(len(data) * part)])
    try:
        found = recording.read(text, NOW_NS)
    except BadOutput:
        return
    names = {name for name, _version in whole(path)}
    # A key that ends at a line's end may have lost what makes it none to list: then the list calls itself cut.
    lost = 1 if path.suffix == ".reg" and found.unread else 0
    for item in found.items[: len(found.items) - lost]:
        assert (item.name, item.version) in whole(path) or (item.version == "" and item.name in names)
    if len(found.items) < len(whole(path)):
        # At the end of a line nobody can see that more lines were there.
        assert found.unread or text.endswith(("\n", "\r", "]", "}")) or not text.strip()


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_damaged_bytes_raise_nothing_but_input_errors(path: Path, data: st.DataObject) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError):
        points = recording.parse(Recording(bytes(content), path.name, NOW_NS))
        assert points[0].measurement == "software_summary"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp932"])
def test_the_encoding_does_not_matter(encoding: str) -> None:
    text = '"Name","Version","Publisher"\r\n"会計ソフト","25.1","例示株式会社"\r\n' + '"Viewer","1","Example"\r\n' * 9

    found = recording.read(decode_text(text.encode(encoding)), NOW_NS)

    assert short(list(found.items))[0] == ("会計ソフト", "25.1")


def test_an_absurdly_large_output_is_refused() -> None:
    with pytest.raises(BadOutput, match="larger than"):
        recording.parse(Recording(b"a\tall\t1\n" * 3_000_000, "x.txt", NOW_NS))


def test_a_list_beyond_the_limit_is_cut_and_says_so() -> None:
    lines = "".join(f"pkg{number}\tall\t1.{number}\n" for number in range(20_005))

    (point,) = recording.parse(Recording(lines.encode(), "x.txt", NOW_NS))

    assert point.fields["installed"] == 20_005
    assert (point.fields["state"], point.fields["reason_code"]) == ("unknown", "too_many")
