"""A printer's month: pages, what was used, and what to order by when."""

from dataclasses import replace
from datetime import date

import pytest

from api.analysis.diagnosis import diagnose
from api.analysis.printers import used_of
from api.analysis.tree import SupplyDiagnosis
from api.readings.consumption import Counted
from api.readings.history import Daily
from api.readings.printer import Supply
from api.reports.inputs import ReportInputs
from tests.api.analysis import offices
from tests.api.analysis.offices import DAYS, END, PRINTER, office

RISE = 8.0


@pytest.mark.parametrize(
    ("levels", "used", "refills"),
    [
        ((), None, 0),
        ((50.0,), None, 0),
        ((None, 50.0, None), None, 0),
        ((50.0, 50.0), 0.0, 0),
        ((80.0, 70.0, 60.0), 20.0, 0),
        ((80.0, 70.0, 75.0, 60.0), 20.0, 0),  # taken out and put in again
        ((12.0, 4.0, 100.0, 91.0), 17.0, 1),
        ((12.0, 4.0, None, None, 100.0, 91.0), 17.0, 1),
        ((30.0, 2.0, 100.0, 60.0, 5.0, 99.0, 90.0), 132.0, 2),  # refilled twice
        ((5.0, 100.0, 100.0), 0.0, 1),
        ((60.0, 67.9), 0.0, 0),
        ((60.0, 68.0), 0.0, 1),
    ],
)
def test_it_tells_what_was_used_between_refills(
    levels: tuple[float | None, ...], used: float | None, refills: int
) -> None:
    found = used_of(Daily(levels), RISE)

    assert (found.percent, found.refills) == (used, refills)


def supply(inputs: ReportInputs) -> SupplyDiagnosis:
    return diagnose(inputs).printers[0].supplies[0]


def test_it_says_by_when_to_order() -> None:
    inputs = replace(office(), forecasts=(offices.forecast("supply_empty", PRINTER, "1", 30.25),))

    found = supply(inputs)

    assert (found.days_left, found.low, found.high) == (30.0, 24.0, 45.1)
    assert found.outlook.ja == "あと約30日（24〜45日）"
    assert found.order_by == date(2026, 12, 17)  # 24 days less 7 of lead time after 30 November
    assert not found.order_now


@pytest.mark.parametrize("days", [0.0, 3.0, 8.0])
def test_it_says_to_order_now_where_it_may_run_out_before_it_could_be_there(days: float) -> None:
    found = supply(replace(office(), forecasts=(offices.forecast("supply_empty", PRINTER, "1", days),)))

    assert (found.order_by, found.order_now) == (date(2026, 11, 30), True)


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("no_trend", "減っていません"),
        ("uncertain", "予測できません"),
        ("too_few", "記録が足りず"),
        ("not_told", "通知しません"),
        ("far", "10年以上"),
        ("strange", "予測がありません"),
    ],
)
def test_what_cannot_be_forecast_is_said_and_not_ordered(state: str, says: str) -> None:
    found = supply(replace(office(), forecasts=(offices.forecast("supply_empty", PRINTER, "1", None, state),)))

    assert says in found.outlook.ja
    assert (found.days_left, found.order_by, found.order_now) == (None, None, False)


@pytest.mark.parametrize("state", ["low", "empty", "almost_full", "full"])
def test_what_the_printer_calls_scarce_is_ordered_now(state: str) -> None:
    scarce = Supply("1", "Toner", "toner", "black", False, None, state)
    inputs = office()
    printers = (offices.printer(END, scarce),)
    inputs = replace(inputs, reading=replace(inputs.reading, printers=printers))

    assert supply(inputs).order_now


def test_a_supply_of_another_printer_is_not_mistaken() -> None:
    inputs = replace(office(), forecasts=(offices.forecast("supply_empty", "mfp-2", "1", 3.0),))

    assert supply(inputs).days_left is None


def test_pages_stand_beside_those_of_the_month_before() -> None:
    pages = {page.counter: (page.pages, page.before) for page in diagnose(office()).printers[0].pages}

    assert pages == {"page_count": (5000, 4000), "count_color": (1200, None)}


def test_a_counter_that_went_back_is_said() -> None:
    inputs = office()
    inputs = replace(inputs, printers={PRINTER: offices.consumption(pages={"page_count": Counted(300, 2)})})

    printer = diagnose(inputs).printers[0]

    assert printer.pages[0].pages == 300
    assert "2回" in printer.notes[0].ja


def test_a_printer_that_tells_nothing_gets_honest_words() -> None:
    inputs = replace(office(), printers={})

    printer = diagnose(inputs).printers[0]

    assert printer.pages == ()
    assert printer.notes[0].en == "no page counter could be read"
    assert (printer.supplies[0].used_percent, printer.supplies[0].refills) == (None, 0)


def test_a_month_of_levels_is_summed_up() -> None:
    levels = (*(40.0 - 2 * n for n in range(15)), *(100.0 - 2 * n for n in range(len(DAYS) - 15)))
    inputs = replace(office(), printers={PRINTER: offices.consumption(*levels)})

    found = supply(inputs)

    assert (found.used_percent, found.refills) == (28.0 + 28.0, 1)
