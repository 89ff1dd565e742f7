"""Whatever is changed, taken away, added or moved in an archive is found, and named."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, update

from api.archive.entry import decode, encode, sha256
from api.archive.verify import strangers
from api.models import Report, ReportEntry
from tests.api.archive.conftest import Shop, overwritten

Damage = Callable[[Shop], object]


@pytest.fixture
def full(shop: Shop) -> Shop:
    """An archive of three reports."""
    for content in (b"1", b"2", b"3"):
        shop.add(content)
    assert shop.faults() == []
    return shop


def _reordered(shop: Shop) -> None:
    second, third = shop.entry(2).read_bytes(), shop.entry(3).read_bytes()
    overwritten(shop.entry(2), third)
    overwritten(shop.entry(3), second)


def _forged(shop: Shop) -> None:
    """Change an entry and all later ones, so that the chain is whole in itself."""
    previous = ""
    for number in (1, 2, 3):
        entry = decode(shop.entry(number).read_bytes())
        changed = {"by": "somebody"} | ({"previous": previous} if previous else {})
        body = encode(type(entry)(**{**{name: getattr(entry, name) for name in entry.__struct_fields__}, **changed}))
        overwritten(shop.entry(number), body)
        previous = sha256(body)


def _forgotten(shop: Shop) -> None:
    with shop.database.writing.begin() as session:
        session.execute(delete(Report).where(Report.number == 3))
        session.execute(delete(ReportEntry).where(ReportEntry.number == 3))


def _rewritten(shop: Shop) -> None:
    with shop.database.writing.begin() as session:
        session.execute(update(ReportEntry).where(ReportEntry.number == 2).values(body=b"{}"))


def _exchanged(shop: Shop) -> None:
    with shop.database.writing.begin() as session:
        session.execute(update(Report).where(Report.number == 2).values(files={"pdf": [sha256(b"3"), 1]}))


DAMAGES: dict[str, tuple[Damage, str, set[str]]] = {
    "a file was changed": (
        lambda shop: overwritten(shop.file(b"2"), b"x"),
        "objects/d4735e3a",
        {"the file was changed (2026-11 ja pdf)"},
    ),
    "a file is missing": (
        lambda shop: shop.file(b"2").unlink(),
        "objects/d4735e3a",
        {"the file is missing (2026-11 ja pdf)"},
    ),
    "a file was added": (
        lambda shop: shop.file(b"4").write_bytes(b"4"),
        sha256(b"4"),
        {"the file was added: no entry names it"},
    ),
    "something else was added": (
        lambda shop: (shop.root / "note.txt").write_text("x"),
        "note.txt",
        {"is a file that does not belong there"},
    ),
    "an entry was changed": (
        lambda shop: overwritten(shop.entry(2), shop.entry(2).read_bytes().replace(b"2026-11", b"2026-10")),
        "00000002.json",
        {"the entry was changed"},
    ),
    "an entry is missing": (lambda shop: shop.entry(2).unlink(), "00000002.json", {"the entry is missing"}),
    "the chain was cut off": (
        lambda shop: shop.entry(3).unlink(),
        "00000003.json",
        {"the chain was cut off: the entry is missing"},
    ),
    "an entry was added": (
        lambda shop: shop.entry(4).write_bytes(shop.entry(3).read_bytes()),
        "00000004.json",
        {"the entry was added: nobody announced it"},
    ),
    "entries were moved": (
        _reordered,
        "00000002.json",
        {"the order was changed: this is entry 3", "the order was changed: this is entry 2"},
    ),
    "a chain was forged": (_forged, "00000001.json", {"the entry was changed"}),
    "the database forgot": (
        _forgotten,
        "00000003.json",
        {"the entry was added: nobody announced it", "the file was added: no entry names it"},
    ),
    "the database was changed": (
        _rewritten,
        "report_entry",
        {
            "the database's copy of the entry was changed",
            "the file was added: no entry names it",
            "the list of reports does not show what the entry says",
        },
    ),
    "another file is shown": (_exchanged, "report 2", {"the list of reports does not show what the entry says"}),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_it_finds_and_names(full: Shop, name: str) -> None:
    damage, where, told = DAMAGES[name]
    damage(full)

    found = full.found()

    assert {each.text.en for each in found} == told
    assert any(where in each.key for each in found)
    assert not any(each.is_harmless for each in found)


def test_a_file_of_no_contract_is_found(full: Shop) -> None:
    full.blobs.put("c-0000000000/objects/x", b"x")

    found = list(strangers(full.blobs, [full.chain.contract]))

    assert [each.key for each in found] == ["c-0000000000/objects/x"]
