from hypothesis import given
from hypothesis import strategies as st

from collectors.agent.stamping import SECOND_NS, round_time, stamp
from collectors.declaration import Field, FieldType, Measurement, Tag
from collectors.point import Point
from collectors.text import Text

NAMED = Text("名前", "name")
ROOM = Measurement(
    "room",
    NAMED,
    (Tag("wall", NAMED),),
    (Field("door", FieldType.STRING, NAMED), Field("count", FieldType.INTEGER, NAMED)),
)


def stamped(point: Point) -> tuple[list[str], list[str]]:
    found = stamp([point], [ROOM], "pc1", 7 * SECOND_NS)
    return found.lines, found.problems


@given(st.integers(0, 2**62))
def test_it_rounds_to_the_nearest_second(time_ns: int) -> None:
    assert round_time(time_ns) % SECOND_NS == 0
    assert abs(round_time(time_ns) - time_ns) <= SECOND_NS // 2


def test_it_refuses_numbers_that_do_not_fit() -> None:
    assert stamped(Point("room", {}, {"count": 2**63})) == ([], ["room: field 'count' does not fit in 64 bits"])
    assert stamped(Point("room", {}, {"count": 2**63 - 1}))[1] == []


def test_it_refuses_lines_that_the_gateway_would_not_take() -> None:
    lines, problems = stamped(Point("room", {}, {"door": "x" * 70_000}))

    assert lines == []
    assert problems == ["room: a line of more than 65536 bytes"]


@given(st.text(), st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_it_makes_one_line_of_utf8_whatever_a_text_holds(door: str, wall: str) -> None:
    lines, problems = stamped(Point("room", {"wall": wall}, {"door": door + "\udcff"}))

    assert problems == []
    assert lines[0].encode().count(b"\n") == 0


def test_it_keeps_line_feeds_in_texts_as_spaces() -> None:
    assert stamped(Point("room", {}, {"door": "a\r\nb"}))[0] == ['room,host=pc1 door="a b" 7000000000']
