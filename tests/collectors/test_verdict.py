from collectors.text import Text
from collectors.verdict import VERDICT_FIELDS, State, Verdict


def test_it_gives_every_declared_field_with_its_type() -> None:
    values = Verdict(State.BAD, "off", Text("無効", "off")).fields()
    assert {field.name for field in VERDICT_FIELDS} == set(values)
    assert all(field.type.accepts(values[field.name]) for field in VERDICT_FIELDS)


def test_it_orders_states_so_that_the_worst_is_the_greatest() -> None:
    assert State.OK.code < State.UNKNOWN.code < State.BAD.code
