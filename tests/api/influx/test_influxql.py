from datetime import timedelta

import pytest

from api.influx.influxql import duration, quote_identifier, quote_string


def test_it_escapes_what_could_end_an_identifier() -> None:
    assert quote_identifier('a"b\\c\nd') == r'"a\"b\\c\nd"'


def test_it_escapes_what_could_end_a_string() -> None:
    assert quote_string("it's\\") == r"'it\'s\\'"


def test_it_writes_durations_in_seconds() -> None:
    assert duration(timedelta(days=35)) == "3024000s"


def test_it_refuses_a_duration_that_influxdb_would_read_as_for_ever() -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        duration(timedelta(milliseconds=5))
