import json
import time
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.inventory import (
    ASSETS,
    KINDS,
    MAX_ITEMS,
    SOFTWARE,
    AssetItem,
    DeviceFacts,
    Document,
    InvalidDocument,
    SoftwareItem,
    decode_document,
    encode_document,
    kind_of,
    make_document,
)

NOW_NS = time.time_ns()
DEVICE = DeviceFacts(host="keiri-pc1", os="Windows 11 Pro", arch="AMD64")


def document(*items: SoftwareItem) -> Document:
    return make_document(SOFTWARE, items, NOW_NS, DEVICE)


@pytest.mark.parametrize("name", KINDS)
def test_it_declares_exactly_what_items_hold(name: str) -> None:
    kind = KINDS[name]

    assert [field.name for field in kind.declaration.fields] == list(kind.item.__struct_fields__)
    assert name in [each.__struct_config__.tag for each in get_args(Document)]


@given(st.lists(st.builds(SoftwareItem, name=st.text(), publisher=st.text(), version=st.text())))
def test_it_reads_back_what_it_wrote(items: list[SoftwareItem]) -> None:
    made = document(*items)

    assert decode_document(encode_document(made)) == made
    assert all(each.name.isprintable() and each.name == each.name.strip() for each in made.items)  # type: ignore[union-attr]


@given(st.lists(st.builds(SoftwareItem, name=st.text(), version=st.text()), max_size=8), st.randoms())
def test_the_hash_does_not_know_the_order(items: list[SoftwareItem], random: Any) -> None:
    other = list(items)
    random.shuffle(other)

    assert document(*items) == document(*other)


def test_it_lists_each_thing_once_cleaned_and_bounded() -> None:
    made = document(
        SoftwareItem(name="<b>会計\u202e\x00\r\n</b>", size_kib=1),
        SoftwareItem(name="<b>会計 </b>"),
        SoftwareItem(name=" \t"),
        SoftwareItem(name="x" * 1000),
    )

    assert [each.name for each in made.items] == ["<b>会計 </b>", "x" * 300]  # type: ignore[union-attr]
    assert made.total == 2


def test_it_says_honestly_where_a_list_is_cut() -> None:
    made = document(*(SoftwareItem(name=f"p{number}") for number in range(MAX_ITEMS + 7)))

    assert (len(made.items), made.total) == (MAX_ITEMS, MAX_ITEMS + 7)
    assert decode_document(encode_document(made)) == made


def test_what_changes_with_every_look_makes_no_new_list() -> None:
    first = AssetItem(asset="00:00:5e:00:53:01", last_seen=datetime(2026, 1, 1, tzinfo=UTC))
    later = AssetItem(asset="00:00:5e:00:53:01", last_seen=datetime(2026, 1, 2, tzinfo=UTC))
    other = AssetItem(asset="00:00:5e:00:53:01", ip=("192.0.2.7",))

    hashes = [make_document(ASSETS, [each], NOW_NS, DEVICE).hash for each in (first, later, other)]

    assert hashes[0] == hashes[1] != hashes[2]


def test_lists_of_the_same_second_are_told_apart() -> None:
    first, second = (make_document(SOFTWARE, [], 1_790_000_000_000_001_000 + more, DEVICE) for more in (0, 1000))

    assert first.taken_at < second.taken_at
    assert decode_document(encode_document(first)).taken_at == first.taken_at


def test_it_tells_the_kind() -> None:
    assert kind_of(make_document(ASSETS, [], NOW_NS, DEVICE)) is ASSETS
    assert kind_of(document()) is SOFTWARE


def changed(**values: Any) -> bytes:
    told = json.loads(encode_document(document(SoftwareItem(name="App"))))
    return json.dumps({**told, **values}).encode()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "truncated"),
        (b"{}", "`kind`"),
        (b'{"kind": "music"}', "Invalid value 'music'"),
        (b"[" * 100_000, "Expected `object`"),
        (changed(device_id="d-x"), "unknown field `device_id`"),
        (changed(device={"host": "a", "user": "taro"}), "unknown field `user`"),
        (changed(items=[{"name": "App", "licence_key": "x"}]), "unknown field `licence_key`"),
        (changed(items=[{"publisher": "A"}]), "required field `name`"),
        (changed(items=[{"name": 7}]), "Expected `str`"),
        (changed(items=[{"name": "App", "size_kib": -1}]), ">= 0"),
        (changed(items=[{"name": "App", "size_kib": 2**70}]), "size_kib"),
        (changed(items=[{"name": "App", "installed_on": "2026-02-30"}]), "Invalid RFC3339"),
        (changed(items=[{"name": f"{n}"} for n in range(MAX_ITEMS + 1)]), "length <= 20000"),
        (changed(items=[{"name": "Other"}]), "`hash` is not"),
        (changed(hash="00"), "length >= 64"),
        (changed(total=0), "`total`"),
        (changed(taken_at="2026-01-01T00:00:00"), "timezone"),
        (changed(taken_at="9999-12-31T23:59:59-23:00"), ""),
        (b'{"kind": "software", "hash": "\xff\xfe"}', ""),
        (encode_document(document(SoftwareItem(name="App")))[:-9], "truncated"),
    ],
)
def test_it_refuses_what_is_no_document(data: bytes, why: str) -> None:
    with pytest.raises(InvalidDocument) as caught:
        decode_document(data)

    assert why in str(caught.value)
    assert "\n" not in str(caught.value)
