"""Devices that answer anything: a state and a message, never an unhandled error, never a point that is refused."""

import asyncio
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.catalogue import problems
from collectors.probe.device import mib
from collectors.probe.device.build import to_device
from collectors.probe.device.document import to_document
from collectors.probe.device.identify import Evidence, Identification, identify
from collectors.probe.device.load import BUILT_IN, kinds, standards
from collectors.probe.device.points import samples, to_points
from collectors.probe.device.raw import RawDevice, table_key
from collectors.probe.device.read import objects_of
from collectors.probe.device.screen import to_screen
from collectors.probe.device.watch import read_device
from collectors.probe.exchange import Answer
from collectors.probe.session import Session
from collectors.probe.snmp import (
    Counter32,
    Counter64,
    Gauge32,
    IpAddress,
    NoAnswer,
    ObjectIdentifier,
    Opaque,
    Table,
    TimeTicks,
    Value,
)
from tests.collectors.probe.device.walks import agent
from tests.collectors.probe.scripted import Question

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.integers(-(2**63), 2**64),
    st.integers(-3, 130),
    st.binary(max_size=12),
    st.text(max_size=12).map(str.encode),
    st.integers(0, 2**32 - 1).map(Counter32),
    st.integers(0, 2**64 - 1).map(Counter64),
    st.integers(0, 2**32 - 1).map(Gauge32),
    st.integers(0, 2**32 - 1).map(TimeTicks),
    st.lists(st.integers(0, 9), max_size=4).map(ObjectIdentifier),
    st.just(IpAddress(b"\xc0\xa8\x00\x01")),
    st.binary(max_size=12).map(Opaque),
    st.sampled_from([b"35 C/95 F", b"1.8 TB", b"Ready", b"N/A", b"--", b"0x41"]),
)

ALL = Identification("nas", "Acme", "", (*kinds(), *standards().values()), frozenset(BUILT_IN))
"""A device of all kinds and makers at once."""

TABLES = [
    columns
    for rules in ALL.files
    for rule in rules.tables
    for columns in (rule.columns, *(join.columns for join in rule.join))
]


def tables(columns: list[str]) -> st.SearchStrategy[Table]:
    indexes = st.lists(st.integers(0, 300), min_size=0, max_size=3).map(tuple)
    row = st.dictionaries(st.sampled_from(columns), VALUES, max_size=len(columns))
    return st.dictionaries(indexes, row, max_size=4).map(lambda rows: Table(dict(rows)))


@st.composite
def raws(draw: st.DrawFn) -> RawDevice:
    objects = draw(st.dictionaries(st.sampled_from(objects_of(ALL.files)), VALUES, max_size=40))
    chosen = draw(st.lists(st.sampled_from(TABLES), max_size=8))
    return RawDevice(
        address="192.0.2.1",
        objects=objects,
        tables={table_key(columns): draw(tables(sorted(columns))) for columns in chosen},
        interfaces=draw(tables(sorted(mib.INTERFACES))),
        poe=draw(tables(sorted(mib.POE_PORTS))),
        storage=draw(tables(sorted(mib.STORAGE))),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(first=raws(), second=raws(), seconds=st.floats(-1, 1e6))
def test_it_makes_points_of_any_answers_that_the_catalogue_knows(
    first: RawDevice, second: RawDevice, seconds: float
) -> None:
    before = samples(to_device(first, ALL), 0.0)
    device = to_device(second, ALL)
    points = to_points(device, seconds, before)
    assert problems(points) == []
    assert all(each.to_line() for each in points)
    document = json.loads(json.dumps(to_document(device)))
    assert document["system"]["kind"] == "nas"
    assert to_screen(document, "ja")
    assert all(each.total is None or each.total >= 0 for each in device.volumes)
    assert all(each.total is None or each.total >= 0 for each in device.raids)
    assert all(each.percent is None or 0 <= each.percent <= 100 for each in device.volumes)
    for name in ("cpu_percent", "memory_percent"):
        told = device.facts.get(name)
        assert told is None or (isinstance(told, float) and 0 <= told <= 100)


@settings(max_examples=60, deadline=None)
@given(
    objects=st.dictionaries(st.sampled_from([*mib.SYSTEM, "1.3.6.1.4.1.6574.1.5.1.0"]), VALUES),
    columns=st.sets(st.sampled_from(["1.3.6.1.2.1.43.11.1.1.9", "1.3.6.1.4.1.50536.1.1.1.1.2"])),
)
def test_it_says_what_any_device_is(objects: dict[str, Value], columns: set[str]) -> None:
    assert identify(Evidence(objects, columns)).kind


def stop_after(count: int) -> object:
    left = [count]

    def misbehave(_question: Question, answer: Answer) -> Answer:
        left[0] -= 1
        if left[0] < 0:
            raise NoAnswer("agent.example:161 did not answer")
        return answer

    return misbehave


@pytest.mark.parametrize("answers", [1, 2, 3, 5, 8, 10, 12])
def test_it_gives_what_it_has_when_a_device_stops_answering(answers: int) -> None:
    device = agent("nas_ds923")
    device.misbehave = stop_after(answers)  # type: ignore[assignment]
    try:
        found = asyncio.run(read_device(Session(device)))
    except NoAnswer:
        # It fell silent while it was asked what it is.
        assert answers < 8
        return
    assert "did not answer" in found.partial[0]
    assert len(found.partial) == 1
    assert problems(to_points(found, 0.0, {})) == []


@pytest.mark.parametrize("walk", ["router_rtx1220", "switch_swx2310p", "nas_ds923", "ups_on_battery"])
def test_it_survives_an_agent_that_goes_in_circles(walk: str) -> None:
    device = agent(walk)
    first = min(device.variables)

    def circle(question: Question, answer: Answer) -> Answer:
        if question[0].name == "GET":
            return answer
        return Answer(0, 0, [(first, device.variables[first])] * max(1, len(answer.bindings)))

    device.misbehave = circle
    found = asyncio.run(read_device(Session(device)))
    assert found.partial
    assert problems(to_points(found, 0.0, {})) == []
