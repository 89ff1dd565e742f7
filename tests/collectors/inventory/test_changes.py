from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.inventory import ASSETS, SOFTWARE, AssetItem, SoftwareItem
from collectors.inventory.changes import Change, ChangeKind, apply, compare, counts

names = st.sampled_from(["Chrome", "7-Zip 18.01 (x64)", "7-Zip 24.08 (x64)", "経理くん", "libc6"])
versions = st.sampled_from(["", "1", "1.2", "1.10", "18.01.00.0", "24.08", "2:1.0-1~rc1", "v3"])
software = st.builds(
    SoftwareItem,
    name=names,
    version=versions,
    publisher=st.sampled_from(["", "A", "B"]),
    arch=st.sampled_from(["", "x64"]),
    installed_on=st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 4)),
    size_kib=st.none() | st.integers(0, 3),
)
assets = st.builds(
    AssetItem,
    asset=st.sampled_from(["a", "b", "c"]),
    kind=st.sampled_from(["printer", "unknown"]),
    ip=st.lists(st.sampled_from(["192.0.2.1", "192.0.2.2"])).map(tuple),
)


@given(st.lists(software), st.lists(software))
def test_it_leads_from_any_list_to_any_other(old: list[SoftwareItem], new: list[SoftwareItem]) -> None:
    before, after = SOFTWARE.listed(old), SOFTWARE.listed(new)

    assert apply(SOFTWARE, compare(SOFTWARE, before, after), before) == after


@given(st.lists(software), st.randoms())
def test_it_finds_nothing_where_only_the_order_differs(old: list[SoftwareItem], random: object) -> None:
    before = SOFTWARE.listed(old)
    after = list(before)
    random.shuffle(after)  # type: ignore[attr-defined]

    assert compare(SOFTWARE, before, after) == []


@given(st.lists(software), st.lists(software))
def test_it_counts_each_thing_once(old: list[SoftwareItem], new: list[SoftwareItem]) -> None:
    before, after = SOFTWARE.listed(old), SOFTWARE.listed(new)
    changes = compare(SOFTWARE, before, after)
    found = counts(changes)

    assert len(after) - len(before) == found[ChangeKind.ADDED] - found[ChangeKind.REMOVED]
    for change in changes:
        assert (change.before is None) == (change.kind is ChangeKind.ADDED)
        assert (change.after is None) == (change.kind is ChangeKind.REMOVED)


@given(st.lists(assets), st.lists(assets))
def test_it_does_the_same_for_assets(old: list[AssetItem], new: list[AssetItem]) -> None:
    before, after = ASSETS.listed(old), ASSETS.listed(new)
    changes = compare(ASSETS, before, after)

    assert apply(ASSETS, changes, before) == after
    assert counts(changes)[ChangeKind.UPDATED] == 0


@dataclass(frozen=True)
class Story:
    old: list[tuple[str, str]]
    new: list[tuple[str, str]]
    found: list[tuple[str, str, str]]


STORIES = {
    "an update": Story([("Chrome", "1.9")], [("Chrome", "1.10")], [("updated", "1.9", "1.10")]),
    "the version is in the name": Story(
        [("7-Zip 18.01 (x64)", "18.01.00.0")],
        [("7-Zip 24.08 (x64)", "24.08.00.0")],
        [("updated", "18.01.00.0", "24.08.00.0")],
    ),
    "years are other products": Story(
        [("SQL Server 2017", "14.0")],
        [("SQL Server 2019", "15.0")],
        [("removed", "14.0", ""), ("added", "", "15.0")],
    ),
    "side by side, one updated": Story(
        [("Python 3.11.4", "3.11.4"), ("Python 3.12.1", "3.12.1")],
        [("Python 3.11.9", "3.11.9"), ("Python 3.12.1", "3.12.1")],
        [("updated", "3.11.4", "3.11.9")],
    ),
    "side by side, a further one": Story(
        [("Python 3.11.4", "3.11.4")],
        [("Python 3.11.4", "3.11.4"), ("Python 3.12.1", "3.12.1")],
        [("added", "", "3.12.1")],
    ),
    "kernels move on": Story(
        [("kernel", "5.1-1"), ("kernel", "5.1-2"), ("kernel", "5.1-3")],
        [("kernel", "5.1-2"), ("kernel", "5.1-3"), ("kernel", "5.1-10")],
        [("removed", "5.1-1", ""), ("added", "", "5.1-10")],
    ),
    "two become one": Story(
        [("App", "1.0"), ("App", "1.1")], [("App", "2.0")], [("removed", "1.0", ""), ("updated", "1.1", "2.0")]
    ),
    "an older one comes back": Story([("App", "2.0")], [("App", "1.0")], [("updated", "2.0", "1.0")]),
    "nothing": Story([("App", "2.0")], [("App", "2.0")], []),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_it_tells_what_a_person_would(story: Story) -> None:
    old = [SoftwareItem(name=name, version=version) for name, version in story.old]
    new = [SoftwareItem(name=name, version=version) for name, version in story.new]

    found = compare(SOFTWARE, old, new)

    assert [(str(each.kind), *_versions(each)) for each in found] == story.found


def _versions(change: Change[SoftwareItem]) -> tuple[str, str]:
    return change.before.version if change.before else "", change.after.version if change.after else ""


def test_it_calls_what_is_no_version_a_change() -> None:
    old, new = SoftwareItem(name="App", size_kib=1), SoftwareItem(name="App", size_kib=2)

    assert compare(SOFTWARE, [old], [new]) == [Change(ChangeKind.CHANGED, old, new)]


def test_it_does_not_take_architectures_or_scopes_for_updates() -> None:
    old = SoftwareItem(name="App", version="1", arch="x86")
    new = SoftwareItem(name="App", version="2", arch="x64")

    assert {each.kind for each in compare(SOFTWARE, [old], [new])} == {ChangeKind.ADDED, ChangeKind.REMOVED}


def test_it_survives_absurd_versions() -> None:
    old, new = SoftwareItem(name="App", version="9" * 99), SoftwareItem(name="App", version="..")

    assert [each.kind for each in compare(SOFTWARE, [old], [new])] == [ChangeKind.UPDATED]
