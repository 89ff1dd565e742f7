"""Software and what there is on the LAN."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from api.analysis.diagnosis import diagnose
from api.analysis.tree import Flaw
from api.readings.equipment import LanEvent, LanEvents
from api.readings.hardware import Licence
from api.reports.known import AssetFacts, AssetMove, KnownAsset, Product, ProductChange, SoftwareFacts
from tests.api.analysis import offices
from tests.api.analysis.offices import END, START, office, pc


def software(**facts: object) -> SoftwareFacts:
    return replace(office().software, **facts)  # type: ignore[arg-type]


def asset(id_: str, kind: str = "pc", name: str = "", first: datetime | None = None) -> KnownAsset:
    return KnownAsset(id_, kind, name or id_, "Maker", "M1", first, END)


def test_it_tells_what_was_installed_removed_and_updated() -> None:
    changes = (
        ProductChange("added", "Sample 会計", "Sample", "", "3.1", (pc(0), pc(1))),
        ProductChange("removed", "Old Tool", "", "1.0", "", (pc(2),)),
        ProductChange("updated", "Browser", "Sample", "1", "2", (pc(0),)),
    )
    products = (Product("Sample 会計", "Sample", "3.1", "registry", 2), Product("Sample 会計", "Sample", "3.0", "x", 1))

    found = diagnose(replace(office(), software=software(changes=changes, products=products))).software

    assert [(each.name, [s.name for s in each.subjects]) for each in found.added] == [("Sample 会計", ["PC-0", "PC-1"])]
    assert [each.name for each in found.removed] == ["Old Tool"]
    assert [(each.before, each.after) for each in found.updated] == [("1", "2")]
    assert (found.products, found.listed, found.not_listed) == (1, 5, ())


def test_a_device_without_a_list_is_named() -> None:
    listed = {key: at for key, at in office().software.listed.items() if key != pc(0)}

    diagnosis = diagnose(replace(office(), software=software(listed=listed)))

    assert [each.id for each in diagnosis.software.not_listed] == [pc(0)]
    assert [note.subjects[0].id for note in diagnosis.quality.notes if note.flaw is Flaw.LISTS] == [pc(0)]


def test_it_says_that_licences_are_hardly_known() -> None:
    found = diagnose(office()).software

    assert found.licences == ()
    assert any("ライセンス" in note.ja for note in found.notes)


def test_a_licence_that_ends_soon_is_told_with_its_device() -> None:
    inputs = office()
    ends = [("A", date(2026, 11, 20)), ("B", date(2027, 1, 31)), ("C", date(2028, 1, 1))]
    hardware = replace(offices.hardware(), licences=tuple(Licence(*each) for each in ends))

    found = diagnose(replace(inputs, hardware={pc(0): hardware})).software

    assert [(each.product, each.is_over) for each in found.licences] == [("A", True), ("B", False)]


def test_a_list_that_is_newer_than_the_period_says_so() -> None:
    listed = {pc(0): END + timedelta(hours=3)}

    found = diagnose(replace(office(), software=software(listed=listed))).software

    assert found.notes[0].ja == "一覧は2026年12月1日時点のものです"


def test_it_tells_what_is_new_gone_and_unknown_on_the_lan() -> None:
    moves = (
        AssetMove("added", START + timedelta(days=3), asset("a1", "pc", "TABLET")),
        AssetMove("removed", START + timedelta(days=5), asset("a2", "phone", "OLD-PHONE")),
        AssetMove("changed", START + timedelta(days=6), asset("a3")),
    )
    facts = AssetFacts({"d-probe": END}, (asset("a1"), asset("a9", "unknown", first=START)), moves)

    found = diagnose(replace(office(), assets=facts)).assets

    assert (found.total, found.kinds) == (2, {"pc": 1, "unknown": 1})
    assert [each.subject.name for each in found.new] == ["TABLET"]
    assert [each.subject.kind for each in found.vanished] == ["phone"]
    assert [(each.subject.id, each.at) for each in found.unknown] == [("a9", START)]


def test_without_a_list_it_goes_by_what_scans_told() -> None:
    events = (
        LanEvent("a1", "new", "unknown", "00:11:22", START + timedelta(days=3)),
        LanEvent("a2", "vanished", "pc", "OLD-PC", START + timedelta(days=4)),
        LanEvent("a3", "moved", "phone", "TEL", START + timedelta(days=4)),
    )

    found = diagnose(replace(office(), assets=AssetFacts(events=LanEvents(events)))).assets

    assert (found.total, found.kinds) == (None, {})
    assert [each.subject.id for each in found.new] == [each.subject.id for each in found.unknown] == ["a1"]
    assert [each.subject.id for each in found.vanished] == ["a2"]
    assert found.notes[0].en.startswith("no list of what is on the LAN has come")


def test_more_than_is_kept_is_said() -> None:
    cut = replace(office(), software=software(is_cut=True), assets=AssetFacts({"d-probe": END}, is_cut=True))

    diagnosis = diagnose(cut)

    assert any("一部だけ" in note.ja for note in diagnosis.software.notes)
    assert any("一部だけ" in note.ja for note in diagnosis.assets.notes)
