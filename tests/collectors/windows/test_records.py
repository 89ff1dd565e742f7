import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.input import BadOutput
from collectors.windows.records import is_cut, read_records


def test_it_reads_a_format_list_with_a_wrapped_value() -> None:
    text = "\r\nName : first\r\nPath : C:\\Files\\a\r\n        \\b.exe\r\n\r\nName : second\r\nPath :\r\n\r\n"
    assert read_records(text) == [
        {"name": "first", "path": "C:\\Files\\a\\b.exe"},
        {"name": "second", "path": ""},
    ]


def test_it_reads_wmic_with_its_doubled_carriage_returns() -> None:
    assert read_records("\r\r\nA=1\r\r\nB=x=y\r\r\n\r\r\nA=2\r\r\n") == [{"a": "1", "b": "x=y"}, {"a": "2"}]


def test_it_starts_a_new_object_where_a_property_comes_again() -> None:
    assert read_records("A : x\nB : y\nA : z\n") == [{"a": "x", "b": "y"}, {"a": "z"}]


def test_it_drops_a_last_number_that_may_be_half() -> None:
    assert read_records("Age : 1168\nVersion : 1.2") == [{"age": "1168"}]
    assert is_cut("Age : 11")
    assert not is_cut("Age : 1168\n")


def test_it_reads_csv_with_a_type_line() -> None:
    assert read_records('#TYPE X\r\n"Name","State"\r\n"a","1"\r\n"b","2') == [{"name": "a", "state": "1"}]


def test_it_finds_objects_inside_objects_of_json() -> None:
    assert read_records('{"A": {"B": [ {"C": 1} ]}}')[-1] == {"c": 1}


@pytest.mark.parametrize("text", ['{"A": 1', "[1, 2", "[" * 100_000])
def test_it_says_that_json_is_damaged(text: str) -> None:
    with pytest.raises(BadOutput):
        read_records(text)


@given(st.text(max_size=300))
def test_it_reads_any_text_without_another_error(text: str) -> None:
    try:
        records = read_records(text)
    except BadOutput:
        return
    assert all(name == name.lower() for record in records for name in record)
