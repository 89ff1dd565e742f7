from datetime import timedelta
from typing import Any

from api.readings.condition import Health, printer_condition
from api.readings.printer import PrinterReading, to_printers
from api.readings.reader import Row
from tests.api.readings.stored import NOW

Answers = dict[str, list[Row]]
HOUR = timedelta(hours=1)


def _row(tags: dict[str, str], values: dict[str, Any], age: timedelta = timedelta()) -> Row:
    return Row(NOW - age, {"device": "d-probe", "asset": "mfp-1", **tags}, values)


def _supply(index: str, values: dict[str, Any], age: timedelta = timedelta(), **tags: str) -> Row:
    return _row({"index": index, **tags}, values, age)


def _printer(values: dict[str, Any] | None = None, **parts: list[Row]) -> PrinterReading:
    answers: Answers = {"printer": [_row({}, {"name": "複合機", "status": "idle", "errors": "", **(values or {})})]}
    answers |= {f"printer_{name}": rows for name, rows in parts.items()}
    (found,) = to_printers(answers)
    return found


def _health(printer: PrinterReading) -> Health:
    return printer_condition(printer, NOW, HOUR).health


def test_it_orders_supplies_by_number_and_not_by_text() -> None:
    rows = [_supply(index, {"percent": 50.0, "state": "ok"}) for index in ("10", "2", "1")]

    assert [supply.index for supply in _printer(supply=rows).supplies] == ["1", "2", "10"]


def test_it_names_a_supply_by_kind_and_colour_where_the_printer_does_not() -> None:
    named = _supply("1", {"description": "Black Toner X1", "state": "ok"}, type="toner", color="black")
    nameless = _supply("2", {"state": "ok"}, type="toner", color="cyan")

    names = [supply.name for supply in _printer(supply=[named, nameless]).supplies]

    assert [(name.ja, name.en) for name in names] == [
        ("Black Toner X1", "Black Toner X1"),
        ("シアントナー", "cyan toner"),
    ]


def test_it_never_invents_a_percentage() -> None:
    supply = _printer(supply=[_supply("1", {"state": "some_left"})]).supplies[0]

    assert (supply.percent, supply.state) == (None, "some_left")
    assert _health(_printer(supply=[_supply("1", {"state": "some_left"})])) is Health.FINE


def test_a_low_supply_a_full_waste_box_and_the_printers_own_warning_need_attention() -> None:
    for values, expected in (
        ({"percent": 8.0, "state": "low"}, "残りわずか（8%）"),
        ({"percent": 0.0, "state": "empty"}, "なし"),
        ({"state": "some_left", "alert": "markerTonerAlmostEmpty"}, "プリンターが警告を出しています"),
    ):
        condition = printer_condition(_printer(supply=[_supply("1", values, type="toner")]), NOW, HOUR)
        assert (condition.health, [reason.ja for reason in condition.reasons]) == (
            Health.ATTENTION,
            [f"トナー：{expected}"],
        )
    waste = {"percent": 4.0, "state": "almost_full"}
    box = _row({"index": "1", "type": "waste_toner", "class": "receptacle"}, waste)
    assert "4% of its room left" in printer_condition(_printer(supply=[box]), NOW, HOUR).reasons[0].en


def test_errors_that_the_printer_detects_are_told_in_words() -> None:
    condition = printer_condition(_printer({"errors": "jammed,no_paper"}), NOW, HOUR)

    assert [reason.ja for reason in condition.reasons] == ["紙づまり", "用紙切れ"]


def test_low_toner_is_not_told_twice() -> None:
    low = _supply("1", {"percent": 8.0, "state": "low"}, type="toner", color="cyan")
    full_box = _row({"index": "2", "type": "waste_toner", "class": "receptacle"}, {"state": "full"})

    exact = printer_condition(_printer({"errors": "low_toner"}, supply=[low]), NOW, HOUR)
    vague = printer_condition(_printer({"errors": "low_toner"}, supply=[full_box]), NOW, HOUR)

    assert [reason.en for reason in exact.reasons] == ["cyan toner: low (8%)"]
    assert [reason.en for reason in vague.reasons] == ["toner is low", "waste toner box: full"]


def test_it_drops_parts_that_are_gone_and_alerts_that_are_over() -> None:
    printer = _printer(
        supply=[
            _supply("1", {"percent": 9.0, "state": "low"}, timedelta(days=3), color="black"),
            _supply("1", {"percent": 99.0, "state": "ok"}, color="black", type="toner"),
            _supply("7", {"state": "ok"}, timedelta(days=2)),
        ],
        alert=[
            _row({"index": "0"}, {"severity": "warning", "description": "Toner low"}),
            _row({"index": "1"}, {"severity": "critical", "code": "jam"}, timedelta(minutes=5)),
        ],
    )

    assert [(supply.index, supply.percent) for supply in printer.supplies] == [("1", 99.0)]
    assert [alert.text for alert in printer.alerts] == ["Toner low"]


def test_a_printer_that_tells_nothing_is_unknown_and_one_not_heard_of_is_silent() -> None:
    assert _health(_printer({"status": "unknown"})) is Health.UNKNOWN
    assert printer_condition(_printer(), NOW + timedelta(hours=2), HOUR).health is Health.SILENT


def test_another_printers_parts_are_not_taken() -> None:
    foreign = Row(NOW, {"device": "d-probe", "asset": "mfp-2", "index": "1"}, {"state": "ok"})

    assert _printer(supply=[foreign]).supplies == ()
