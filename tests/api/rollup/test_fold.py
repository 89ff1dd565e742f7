import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.gateway.lineprotocol import parse
from api.influx.engine import Series
from api.rollup.fold import fold_hours
from api.rollup.hours import HOUR_NS
from api.rollup.lines import line_maker
from collectors.declaration import Field, FieldType, Measurement, Rollup
from collectors.point import FieldValue, Point
from collectors.text import Text

TEXT = Text("試験", "test")
DECLARED = Measurement(
    "box",
    TEXT,
    (),
    (
        Field("load", FieldType.FLOAT, TEXT),
        Field("pages", FieldType.INTEGER, TEXT),
        Field("sent", FieldType.INTEGER, TEXT, rollup=Rollup.COUNTER),
        Field("state", FieldType.STRING, TEXT, rollup=Rollup.STATE),
        Field("online", FieldType.BOOLEAN, TEXT),
    ),
)
TAGS = {"asset": "複合機, 2F=x", "contract": "c-1"}
T0 = 500_000 * HOUR_NS
MINUTE_NS = 60 * 10**9


def piece(column: str, values: Sequence[Any], start: int = 0, tags: dict[str, str] = TAGS) -> Series:
    rows = [[T0 + (start + i) * MINUTE_NS, value] for i, value in enumerate(values)]
    return Series("box", tags, ["time", column], rows)


def folded(*pieces: Series) -> list[Point]:
    """The lines that are written, as the gateway's own complete reader understands them."""
    return [read(line_maker(DECLARED)(hour)) for hour in fold_hours(DECLARED, pieces)]


def read(line: bytes) -> Point:
    parsed = parse(line)
    tags = {name.decode(): re.sub(r"\\([,= ])", r"\1", value.decode()) for name, value in parsed.tags}
    fields = {name.decode(): value_of(value) for name, value in parsed.fields}
    return Point(parsed.measurement.decode(), tags, fields, (parsed.time or 0) * 10**9)


def value_of(raw: bytes) -> FieldValue:
    text = raw.decode()
    if text.startswith('"'):
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    if text in {"true", "false"}:
        return text == "true"
    return int(text[:-1]) if text.endswith("i") else float(text)


def test_it_folds_a_gauge_into_six_partials() -> None:
    (point,) = folded(piece("pages", [3, None, -5, 4], tags={**TAGS, "unit": ""}))
    assert (point.measurement, point.tags, point.time_ns) == ("box", TAGS, T0)
    assert point.fields == {
        "pages_mean": 2 / 3,
        "pages_sum": 2,
        "pages_min": -5,
        "pages_max": 4,
        "pages_last": 4,
        "pages_count": 3,
    }


def test_it_gives_each_partial_the_type_that_was_declared() -> None:
    # JSON writes the float 2.0 as 2.
    (point,) = folded(piece("load", [2, 4]))
    assert {type(value) for name, value in point.fields.items() if name != "load_count"} == {float}
    (point,) = folded(piece("sent", [2**62, 2**62]))
    assert point.fields == {"sent_min": 2**62, "sent_max": 2**62, "sent_last": 2**62, "sent_count": 2}


def test_it_keeps_the_last_of_text_and_booleans() -> None:
    (point,) = folded(piece("state", ["ok", '"bad"', ""]))
    assert point.fields == {"state_last": "", "state_count": 3}
    (point,) = folded(piece("online", [True, False, None]))
    assert point.fields == {"online_last": False, "online_count": 2}


def test_it_writes_no_point_of_an_hour_without_values() -> None:
    points = folded(piece("load", [1.0, *[None] * 119, 2.0]))
    assert [point.time_ns for point in points] == [T0, T0 + 2 * HOUR_NS]
    assert folded(piece("load", [None])) == []
    assert folded(Series("box", TAGS, ["time", "load"], [])) == []
    assert folded() == []


def test_it_keeps_series_apart() -> None:
    other = {**TAGS, "contract": "c-2"}
    points = folded(piece("pages", [1, 2]), piece("pages", [10, 20], tags=other))
    assert [(point.tags["contract"], point.fields["pages_sum"]) for point in points] == [("c-1", 3), ("c-2", 30)]


def test_it_leaves_out_what_is_not_declared_or_of_another_type() -> None:
    assert folded(piece("unknown", [1])) == []
    (point,) = folded(piece("pages", [1, "many", 2.5, True, 3]))
    assert (point.fields["pages_sum"], point.fields["pages_count"]) == (4, 2)
    assert folded(piece("state", [1, False])) == []


@given(st.text("ab \"\\\\,='漢字", max_size=20))
def test_it_writes_any_text_as_it_was(text: str) -> None:
    (point,) = folded(piece("state", [text]))
    assert point.fields["state_last"] == text


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_it_writes_any_float_as_it_was(values: list[float]) -> None:
    (point,) = folded(piece("load", values))
    assert (point.fields["load_min"], point.fields["load_max"]) == (min(values), max(values))
    assert point.fields["load_last"] == values[-1]


@pytest.mark.parametrize(("field", "value"), [("load", 1.7e308), ("pages", 2**62)])
def test_it_leaves_out_a_sum_that_cannot_be_stored_and_keeps_the_rest(field: str, value: float) -> None:
    (point,) = folded(piece(field, [value, value, value]))
    assert f"{field}_sum" not in point.fields
    assert (point.fields[f"{field}_max"], point.fields[f"{field}_count"]) == (value, 3)


NUMBERS = st.lists(st.none() | st.integers(-(2**40), 2**40), min_size=1, max_size=200)


@given(NUMBERS, st.lists(st.integers(0, 200), max_size=6), st.integers(0, 119))
def test_it_does_not_mind_where_a_series_is_cut(values: list[int | None], cuts: list[int], start: int) -> None:
    at = sorted({0, len(values), *(cut % (len(values) + 1) for cut in cuts)})
    parts = [piece("pages", values[low:high], start + low) for low, high in pairwise(at)]
    assert folded(*parts) == folded(piece("pages", values, start))


@given(NUMBERS, st.integers(0, 119))
def test_it_agrees_with_the_plain_definitions(values: list[int | None], start: int) -> None:
    hours: dict[int, list[int]] = {}
    for minute, value in enumerate(values, start):
        if value is not None:
            hours.setdefault(T0 + minute // 60 * HOUR_NS, []).append(value)
    found = {point.time_ns: point.fields for point in folded(piece("pages", values, start))}
    assert found == {
        hour: {
            "pages_mean": sum(those) / len(those),
            "pages_sum": sum(those),
            "pages_min": min(those),
            "pages_max": max(those),
            "pages_last": those[-1],
            "pages_count": len(those),
        }
        for hour, those in hours.items()
    }
