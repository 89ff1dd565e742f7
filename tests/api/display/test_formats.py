from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.display.formats import Formats, clean

JA, EN = Formats("ja"), Formats("en")


def test_it_says_unknown_and_never_zero() -> None:
    shown = [JA.percent(None), JA.size(None), JA.memory(None), JA.celsius(None), JA.count(None), JA.time(None)]

    assert set(shown) == {"不明"}
    assert (EN.percent(None), EN.percent(0.0), EN.percent(0.4), EN.percent(42.4)) == ("unknown", "0%", "0.4%", "42%")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "0 B"), (999, "999 B"), (1_500, "1.5 KB"), (511_000_000_000, "511 GB"), (2_000_000_000_000, "2.0 TB")],
)
def test_it_shows_disks_in_the_units_they_are_sold_in(value: int, expected: str) -> None:
    assert EN.size(value) == expected


def test_it_shows_memory_in_the_units_it_is_sold_in() -> None:
    assert EN.memory(17_179_869_184) == "16.0 GB"


def test_it_shows_times_in_tokyo() -> None:
    moment = datetime(2026, 11, 2, 15, 30, tzinfo=UTC)

    assert (JA.time(moment), EN.time(moment)) == ("2026年11月3日 00:30", "3 Nov 2026 00:30")


def test_it_shows_spans_in_a_unit_that_tells_them_well() -> None:
    spans = [timedelta(minutes=1), timedelta(minutes=119), timedelta(hours=47), timedelta(days=9), -timedelta(days=1)]

    assert [EN.span(span) for span in spans] == ["1 minute", "119 minutes", "47 hours", "9 days", "0 minutes"]
    assert JA.span(timedelta(hours=3)) == "3時間"


def test_it_takes_invisible_commands_out_of_names() -> None:
    assert clean("a\u202egnp.exe\u0000\ud800\u2066b") == "agnp.exeb"
    assert clean("一行目\n二行目\tx") == "一行目 二行目 x"
    assert clean("שלום 👩\u200d💻") == "שלום 👩\u200d💻"


@given(st.text(st.characters()))
def test_a_cleaned_name_can_be_written_as_utf8_and_is_clean(name: str) -> None:
    cleaned = clean(name)

    cleaned.encode()
    assert clean(cleaned) == cleaned
