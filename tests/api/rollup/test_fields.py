from collections import Counter

import pytest

from api.rollup.fields import FUNCTIONS, functions_of, stored_name, stored_type
from collectors.catalogue import measurements
from collectors.declaration import AGENT_TAGS, STAMPED_TAGS, Field, FieldType, Measurement, Rollup
from collectors.text import Text

CATALOGUE = measurements()


def _field(kind: FieldType, rollup: Rollup) -> Field:
    return Field("value", kind, Text("値", "value"), rollup=rollup)


@pytest.mark.parametrize("kind", [FieldType.FLOAT, FieldType.INTEGER])
def test_it_keeps_of_a_number_what_its_declaration_asks_for(kind: FieldType) -> None:
    assert functions_of(_field(kind, Rollup.GAUGE)) == ("mean", "sum", "min", "max", "last", "count")
    assert functions_of(_field(kind, Rollup.COUNTER)) == ("min", "max", "last", "count")
    assert functions_of(_field(kind, Rollup.STATE)) == ("min", "max", "last", "count")


@pytest.mark.parametrize("rollup", list(Rollup))
@pytest.mark.parametrize("kind", [FieldType.STRING, FieldType.BOOLEAN])
def test_it_keeps_the_last_of_text_and_booleans_whatever_is_declared(kind: FieldType, rollup: Rollup) -> None:
    assert functions_of(_field(kind, rollup)) == ("last", "count")


def test_it_gives_each_partial_its_type() -> None:
    whole = _field(FieldType.INTEGER, Rollup.GAUGE)
    types = {function: stored_type(whole, function) for function in functions_of(whole)}
    assert types == {
        "mean": FieldType.FLOAT,
        "sum": FieldType.INTEGER,
        "min": FieldType.INTEGER,
        "max": FieldType.INTEGER,
        "last": FieldType.INTEGER,
        "count": FieldType.INTEGER,
    }
    assert stored_type(_field(FieldType.STRING, Rollup.STATE), "last") is FieldType.STRING
    assert stored_type(_field(FieldType.BOOLEAN, Rollup.STATE), "count") is FieldType.INTEGER


@pytest.mark.parametrize("declared", CATALOGUE.values(), ids=list(CATALOGUE))
def test_it_never_gives_two_partials_of_a_measurement_one_name(declared: Measurement) -> None:
    names = Counter(stored_name(field.name, each) for field in declared.fields for each in functions_of(field))
    tags = {tag.name for tag in declared.tags} | STAMPED_TAGS | AGENT_TAGS
    assert [name for name, count in names.items() if count > 1] == []
    assert tags.isdisjoint(names)
    assert "time" not in names


def test_it_uses_no_function_that_is_not_listed() -> None:
    used = {each for declared in CATALOGUE.values() for field in declared.fields for each in functions_of(field)}
    assert used == set(FUNCTIONS)
