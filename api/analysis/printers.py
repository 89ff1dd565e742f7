"""A printer's month: pages by type, what its supplies used up, how long they last, and what to order by when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api.analysis.days import day_text, days_from
from api.analysis.roster import Roster
from api.analysis.tables import Plan
from api.analysis.tree import PageCount, PrinterDiagnosis, Subject, SupplyDiagnosis
from api.display.tokyo import TOKYO
from api.forecasts.trend import State
from api.readings.consumption import Consumption, Counted, SupplyHistory
from api.readings.history import Daily
from api.readings.outlook import Forecast
from api.readings.printer import PrinterReading, Supply
from api.reports.inputs import ReportInputs
from collectors.text import Text

PAGE_TITLES: Mapping[str, Text] = {
    "page_count": Text("印刷した面数（合計）", "pages in all"),
    "count_mono": Text("モノクロ", "black and white"),
    "count_color": Text("カラー", "colour"),
    "count_print": Text("プリント", "prints"),
    "count_print_mono": Text("プリント（モノクロ）", "prints, black and white"),
    "count_print_color": Text("プリント（カラー）", "prints, colour"),
    "count_copy": Text("コピー", "copies"),
    "count_copy_mono": Text("コピー（モノクロ）", "copies, black and white"),
    "count_copy_color": Text("コピー（カラー）", "copies, colour"),
    "count_duplex": Text("両面", "two-sided"),
    "count_scan": Text("スキャン", "scans"),
    "count_fax": Text("ファクス", "faxes"),
}
"""Counter -> what it counts, in the order in which they are shown."""

_WORN: Mapping[str, Text] = {
    State.NO_TREND: Text("今のところ減っていません", "it is not going down"),
    State.FAR: Text("10年以上先です", "more than ten years"),
    State.TOO_FEW: Text("記録が足りず、まだ予測できません", "there are too few readings yet to tell"),
    State.NOT_TOLD: Text("プリンターが残量を通知しません", "the printer does not tell how much is left"),
    State.UNCERTAIN: Text("減り方が一定でなく、予測できません", "it goes down too irregularly to tell"),
    State.REACHED: Text("もう残りがありません", "nothing is left"),
}
_UNTOLD = Text("予測がありません", "there is no forecast")
_SCARCE = frozenset({"low", "empty", "almost_full", "full"})
_GONE = frozenset({"empty", "full"})


@dataclass(frozen=True, slots=True)
class Used:
    """How a supply went down.

    Attributes:
        percent: what was used, % of a full one; None where two days at least did not tell.
        refills: how often it rose so much that it was refilled, replaced or emptied.
    """

    percent: float | None
    refills: int


def used_of(daily: Daily, rise: float) -> Used:
    """Return what was used within the days of a level.

    A fall and a small rise belong to one filling; what is used of it is its first level less its last. What was used
    between the last look before a refill and the first after it cannot be seen.

    Args:
        daily: what was left at the end of each day, %.
        rise: by how much it must rise to be a refill, percent points.
    """
    levels = daily.known
    if len(levels) < 2:
        return Used(None, 0)
    used, refills, first, last = 0.0, 0, levels[0], levels[0]
    for level in levels[1:]:
        if level - last >= rise:
            used += max(0.0, first - last)
            refills, first = refills + 1, level
        last = level
    return Used(round(used + max(0.0, first - last), 1), refills)


def printers_of(inputs: ReportInputs, roster: Roster, plan: Plan) -> tuple[PrinterDiagnosis, ...]:
    """Return every printer's month, by name."""
    return tuple(_printer(reading, roster.subject(reading.asset), inputs, plan) for reading in inputs.reading.printers)


def _printer(reading: PrinterReading, subject: Subject, inputs: ReportInputs, plan: Plan) -> PrinterDiagnosis:
    consumption = inputs.printers.get(reading.asset, Consumption({}, ()))
    before = inputs.before.printers.get(reading.asset) if inputs.before else None
    histories = {each.index: each for each in consumption.supplies}
    mine = [each for each in inputs.forecasts if each.kind == "supply_empty" and each.subject == reading.asset]
    forecasts = {each.part: each for each in mine}
    return PrinterDiagnosis(
        subject=subject,
        model=reading.model,
        pages=tuple(_pages(consumption, before)),
        supplies=tuple(
            supply_of(each, histories.get(each.index), forecasts.get(each.index), inputs.period.end, plan)
            for each in reading.supplies
        ),
        notes=tuple(_notes(consumption)),
    )


def _pages(consumption: Consumption, before: Consumption | None) -> Iterator[PageCount]:
    for counter, title in PAGE_TITLES.items():
        if counter in consumption.pages:
            earlier = before.pages.get(counter, Counted(None)) if before else Counted(None)
            yield PageCount(counter, title, consumption.pages[counter].pages, earlier.pages)


def supply_of(
    supply: Supply, history: SupplyHistory | None, forecast: Forecast | None, end: datetime, plan: Plan
) -> SupplyDiagnosis:
    """Return how a supply stands at a moment.

    Args:
        supply: as the printer tells it.
        history: how it went down until then; None where that is not wanted.
        forecast: the newest one; None if there is none.
        end: the moment, which is not included.
        plan: what orders are reckoned by.
    """
    used = used_of(history.percent, plan.refill_rise_percent) if history else Used(None, 0)
    left = low = high = None
    if forecast is not None and forecast.is_sure:
        left, low, high = days_from(forecast, end)
    today = (end - timedelta(microseconds=1)).astimezone(TOKYO).date()
    order_by = _order_by(supply, forecast, low if low is not None else left, today, plan)
    return SupplyDiagnosis(
        index=supply.index,
        name=supply.name,
        is_receptacle=supply.is_receptacle,
        percent=supply.percent,
        used_percent=used.percent,
        refills=used.refills,
        days_left=left,
        low=low,
        high=high,
        outlook=_outlook(supply, forecast, left, low, high),
        order_by=order_by,
        order_now=order_by is not None and order_by <= today,
    )


def _order_by(
    supply: Supply, forecast: Forecast | None, earliest: float | None, today: date, plan: Plan
) -> date | None:
    """Return by which day to order, so that it is there on the earliest day on which it may run out."""
    if supply.state in _SCARCE or (forecast is not None and forecast.state == State.REACHED):
        return today
    if earliest is None:
        return None
    return max(today, today + timedelta(days=int(min(earliest, 3650.0)) - plan.lead_days))


def _outlook(
    supply: Supply, forecast: Forecast | None, left: float | None, low: float | None, high: float | None
) -> Text:
    if supply.state in _GONE:
        return Text("交換が必要です", "it is to be replaced")
    if left is not None:
        return _days(left, low, high)
    if forecast is None:
        return _UNTOLD
    return _WORN.get(forecast.state, _UNTOLD)


def _days(left: float, low: float | None, high: float | None) -> Text:
    ja, en = f"あと約{left:.0f}日", f"about {left:.0f} days"
    if low is not None and high is not None:
        return Text(f"{ja}（{low:.0f}〜{high:.0f}日）", f"{en} ({low:.0f} to {high:.0f})")
    if low is not None:
        return Text(f"{ja}（早ければ{low:.0f}日）", f"{en} ({low:.0f} at the earliest)")
    return Text(ja, en)


def _notes(consumption: Consumption) -> Iterator[Text]:
    resets = max((each.resets for each in consumption.pages.values()), default=0)
    if resets:
        yield Text(
            f"カウンターが{resets}回、前の値より小さくなりました（初期化または機器の交換）。その間の枚数は含みません",
            f"a counter went back {resets} times (set back, or the device was replaced); pages in between are missing",
        )
    if not consumption.pages:
        yield Text("枚数のカウンターを読み取れませんでした", "no page counter could be read")


def order_text(order_by: date, today: date) -> Text:
    """Return by when to order, for people."""
    if order_by <= today:
        return Text("今すぐ注文", "order now")
    day = day_text(order_by)
    return Text(f"{day.ja}までに注文", f"order by {day.en}")


def pages_in_all(printers: Sequence[PrinterDiagnosis]) -> int | None:
    """Return the pages of all printers; None where none of them tells."""
    told = [page.pages for each in printers for page in each.pages if page.counter == "page_count"]
    known = [pages for pages in told if pages is not None]
    return sum(known) if known else None
