from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from api.display.charts import LINE_HEIGHT, LINE_WIDTH, bar, line

floats = st.floats(allow_nan=False, allow_infinity=False, width=32)


def _drawn(svg: str, tag: str) -> list[ET.Element]:
    return [each for each in ET.fromstring(svg).iter() if each.tag == tag]  # noqa: S314  # our own text


def test_a_bar_is_as_long_as_its_share_says() -> None:
    widths = [float(_drawn(bar(percent, ""), "rect")[1].attrib["width"]) for percent in (0.0, 50.0, 100.0, 250.0, -3.0)]

    assert widths == [0.0, 49.5, 99.0, 99.0, 0.0]


def test_an_unknown_share_is_hatched_and_not_empty() -> None:
    assert len(_drawn(bar(None, ""), "rect")) == 1
    assert len(_drawn(bar(None, ""), "path")) == 1


def test_a_title_is_escaped_and_tells_the_value() -> None:
    assert _drawn(bar(50.0, "<b>CPU</b> 50%"), "title")[0].text == "<b>CPU</b> 50%"


def test_a_title_carries_no_invisible_characters() -> None:
    assert _drawn(bar(50.0, "a\u202eb\0c"), "title")[0].text == "abc"
    assert _drawn(line([1.0], "a\u202eb\0c", 1.0), "title")[0].text == "abc"


def test_a_line_breaks_where_nothing_was_measured() -> None:
    svg = line([1.0, 2.0, None, None, 3.0, None, 4.0, 5.0], "", top=10.0)

    runs = [path for path in _drawn(svg, "path") if path.attrib["class"] == "data"]
    assert (len(runs), len(_drawn(svg, "circle"))) == (2, 1)


def test_a_line_without_values_draws_its_axis_alone() -> None:
    assert [path.attrib["class"] for path in _drawn(line([None], "", 1.0), "path")] == ["axis"]
    assert [path.attrib["class"] for path in _drawn(line([], "", 1.0), "path")] == ["axis"]


@given(st.lists(st.none() | floats, max_size=40), floats)
def test_a_line_stays_within_its_box(values: list[float | None], top: float) -> None:
    for path in _drawn(line(values, "", top), "path"):
        if path.attrib["class"] == "data":
            numbers = [pair.split() for pair in path.attrib["d"].lstrip("M").split("L")]
            assert all(0 <= float(x) <= LINE_WIDTH and 0 <= float(y) <= LINE_HEIGHT for x, y in numbers)
