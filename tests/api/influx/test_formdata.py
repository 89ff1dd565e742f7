from urllib.parse import parse_qsl, urlencode

from hypothesis import given
from hypothesis import strategies as st

from api.influx.formdata import encoded


@given(st.dictionaries(st.text(), st.text()))
def test_it_encodes_as_the_standard_library_does(parameters: dict[str, str]) -> None:
    assert encoded(parameters) == urlencode(parameters)


def test_it_carries_a_query_unchanged() -> None:
    query = "SELECT \"a+b\" & 'é%' FROM /x=1;/ -- 日本\n"
    assert parse_qsl(encoded({"q": query, "db": "karte"})) == [("q", query), ("db", "karte")]
