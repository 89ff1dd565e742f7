import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.exchange import Answer, ErrorStatus, Operation
from collectors.probe.session import Session
from collectors.probe.snmp import MalformedAnswer, NoAnswer, Oid, RefusedRequest, Table, Value
from collectors.probe.target import SnmpVersion
from tests.collectors.probe.scripted import Question, ScriptedAgent

ENTRY: Oid = (1, 3, 6, 1, 2, 1, 43, 11, 1, 1)
AFTER: Oid = (1, 3, 6, 1, 2, 1, 43, 12, 1, 1)
COLUMNS = {"type": (*ENTRY, 5), "name": (*ENTRY, 6), "level": (*ENTRY, 9)}
VERSIONS = [SnmpVersion.V1, SnmpVersion.V2C]

Cells = dict[tuple[str, int], Value]


def agent(cells: Cells, version: SnmpVersion = SnmpVersion.V2C, **more: object) -> ScriptedAgent:
    variables: dict[Oid, Value] = {(*COLUMNS[name], 1, row): value for (name, row), value in cells.items()}
    return ScriptedAgent({**variables, (*AFTER, 4, 1, 1): b"black", (1, 3, 6, 1, 2, 1, 1, 1, 0): b"x"}, version, **more)  # type: ignore[arg-type]


def walk(scripted: ScriptedAgent, **options: int) -> Table:
    return asyncio.run(Session(scripted).walk(COLUMNS, **options))


def full(rows: int) -> Cells:
    return {(name, row): row for name in COLUMNS for row in range(1, rows + 1)}


@given(
    st.dictionaries(st.tuples(st.sampled_from(sorted(COLUMNS)), st.integers(1, 60)), st.integers(-3, 9), max_size=120),
    st.sampled_from(VERSIONS),
    st.integers(1, 20),
)
def test_it_reads_any_table_with_any_holes(cells: Cells, version: SnmpVersion, expect_rows: int) -> None:
    table = walk(agent(cells, version), expect_rows=expect_rows)
    read = {(name, index[1]): value for index, row in table.rows.items() for name, value in row.items()}
    assert read == cells
    assert table.partial == ""
    assert list(table.rows) == sorted(table.rows)


def test_it_asks_little_more_than_it_keeps() -> None:
    scripted = agent(full(4))
    walk(scripted, expect_rows=4)
    asked = sum(len(oids) * repetitions for _operation, oids, repetitions in scripted.questions)
    assert asked <= 4 * 3 + 6


def test_it_never_asks_for_more_than_a_frame_holds() -> None:
    scripted = agent(full(500))
    assert len(walk(scripted).rows) == 500
    assert max(len(oids) * repetitions for _operation, oids, repetitions in scripted.questions) <= 36


@pytest.mark.parametrize("version", VERSIONS)
def test_it_gives_an_empty_table_where_there_is_none(version: SnmpVersion) -> None:
    assert walk(agent({}, version)) == Table({}, "")


def test_it_stops_at_a_limit_of_rows() -> None:
    table = walk(agent(full(300)), max_rows=50)
    assert 50 <= len(table.rows) <= 90
    assert "50 rows" in table.partial


def _loop_to_start(question: Question, answer: Answer) -> Answer:
    """Answer the first row whatever is asked, once the third row is reached."""
    return Answer(0, 0, [((*oid[:-1], 1) if oid[-1] >= 3 else oid, value) for oid, value in answer.bindings])


def _same_again(question: Question, answer: Answer) -> Answer:
    return Answer(0, 0, [((*COLUMNS["type"], 1, 1), 3)] * len(answer.bindings))


def _echo(question: Question, answer: Answer) -> Answer:
    return Answer(0, 0, [(oid, 1) for oid in question[1]])


def _nothing(question: Question, answer: Answer) -> Answer:
    return Answer(0, 0, [])


def _always_more(question: Question, answer: Answer) -> Answer:
    """Make up one more row for ever."""
    found = []
    for oid in question[1]:
        row = oid[-1] if len(oid) > len(ENTRY) + 1 else 0
        found += [((*oid[: len(ENTRY) + 1], 1, row + step), 1) for step in range(1, max(question[2], 1) + 1)]
    return Answer(0, 0, found)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("misbehave", [_loop_to_start, _same_again, _echo, _nothing, _always_more])
def test_it_ends_with_an_agent_that_goes_in_circles(
    version: SnmpVersion, misbehave: Callable[[Question, Answer], Answer]
) -> None:
    table = walk(agent(full(20), version, misbehave=misbehave), max_rows=100)
    assert table.partial
    assert len(table.rows) <= 140


def _swap_rows(question: Question, answer: Answer) -> Answer:
    """Send rows 2 and 3 in the wrong order, as some agents do with addresses."""
    swap = {2: 3, 3: 2}
    return Answer(0, 0, [((*oid[:-1], swap.get(oid[-1], oid[-1])), value) for oid, value in answer.bindings])


def test_it_takes_rows_that_come_out_of_order() -> None:
    table = walk(agent(full(6), misbehave=_swap_rows))
    assert {index[1] for index in table.rows} == set(range(1, 7))


def test_it_takes_rows_that_come_twice() -> None:
    def twice(_question: Question, answer: Answer) -> Answer:
        return Answer(0, 0, [each for each in answer.bindings for _ in range(2)])

    scripted = agent({("level", row): row for row in range(1, 5)}, misbehave=twice)
    table = asyncio.run(Session(scripted).walk({"level": COLUMNS["level"]}))
    assert len(table.rows) == 4
    assert table.partial == ""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("error", [NoAnswer("silent"), MalformedAnswer("garbage")])
def test_it_keeps_what_it_read_before_an_error(version: SnmpVersion, error: Exception) -> None:
    def stop(_question: Question, answer: Answer) -> Answer:
        if len(scripted.questions) > 1:
            raise error
        return answer

    scripted = agent(full(40), version, misbehave=stop)
    table = walk(scripted)
    assert table.rows
    assert table.cause is error
    assert table.partial == str(error)


def test_it_raises_where_nothing_was_read() -> None:
    def silent(_question: Question, _answer: Answer) -> Answer:
        raise NoAnswer("silent")

    with pytest.raises(NoAnswer):
        walk(agent(full(3), misbehave=silent))


@pytest.mark.parametrize("status", [ErrorStatus.TOO_BIG, ErrorStatus.GEN_ERR])
def test_it_asks_for_less_where_the_answer_is_too_much(status: int) -> None:
    def small(question: Question, answer: Answer) -> Answer:
        return Answer(status, 0, []) if len(answer.bindings) > 4 else answer

    table = walk(agent(full(9), misbehave=small))
    assert len(table.rows) == 9
    assert table.partial == ""


def test_it_asks_one_by_one_where_several_columns_are_too_much() -> None:
    def single(question: Question, answer: Answer) -> Answer:
        return Answer(ErrorStatus.GEN_ERR, 0, []) if len(question[1]) > 1 else answer

    assert len(walk(agent(full(9), misbehave=single)).rows) == 9


@pytest.mark.parametrize("version", VERSIONS)
def test_it_reads_the_other_columns_where_a_device_errs_in_one(version: SnmpVersion) -> None:
    def broken_name(question: Question, answer: Answer) -> Answer:
        told = any(oid[: len(ENTRY) + 1] == COLUMNS["name"] for oid, _value in answer.bindings)
        return Answer(ErrorStatus.GEN_ERR, 0, []) if told else answer

    table = walk(agent(full(5), version, misbehave=broken_name))
    assert {name for row in table.rows.values() for name in row} == {"type", "level"}
    assert len(table.rows) == 5
    assert "genErr" in table.partial


def test_it_says_which_error_a_device_answers() -> None:
    def refuse(question: Question, answer: Answer) -> Answer:
        return Answer(16, 0, [])

    with pytest.raises(RefusedRequest, match="authorizationError"):
        walk(agent(full(2), misbehave=refuse))


@pytest.mark.parametrize("version", VERSIONS)
def test_it_gets_what_there_is(version: SnmpVersion) -> None:
    scripted = agent(full(3), version)
    objects = {f"o{row}": (*COLUMNS["level"], 1, row) for row in range(1, 40)}
    assert asyncio.run(Session(scripted).get(objects)) == {"o1": 1, "o2": 2, "o3": 3}


def test_it_gets_around_one_object_that_a_device_chokes_on() -> None:
    poison = (*COLUMNS["level"], 1, 2)

    def choke(question: Question, answer: Answer) -> Answer:
        return Answer(ErrorStatus.GEN_ERR, 0, []) if poison in question[1] else answer

    scripted = agent(full(3), misbehave=choke)
    objects = {f"o{row}": (*COLUMNS["level"], 1, row) for row in range(1, 4)}
    assert asyncio.run(Session(scripted).get(objects)) == {"o1": 1, "o3": 3}


def test_it_gets_in_halves_where_the_answer_is_too_big() -> None:
    def small(question: Question, answer: Answer) -> Answer:
        return Answer(ErrorStatus.TOO_BIG, 0, []) if len(question[1]) > 3 else answer

    scripted = agent(full(20), misbehave=small)
    objects = {f"o{row}": (*COLUMNS["level"], 1, row) for row in range(1, 21)}
    assert len(asyncio.run(Session(scripted).get(objects))) == 20


def test_it_asks_version_1_by_getnext_a_row_at_a_time() -> None:
    scripted = agent(full(5), SnmpVersion.V1)
    walk(scripted)
    assert {operation for operation, _oids, _repetitions in scripted.questions} == {Operation.GET_NEXT}
    assert len(scripted.questions) <= 8
