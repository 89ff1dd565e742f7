"""Which span a condition leaves."""

import pytest

from api.influxql.parser import parse
from api.influxql.timerange import NotTold, TimeRange, comparisons, time_range
from api.influxql.tokens import scan
from api.influxql.tree import Select

NOW = 1_900_000_000 * 10**9
S = 10**9


def span(condition: str, zone: str | None = None) -> TimeRange:
    scanned = scan(f"SELECT a FROM b WHERE {condition}")
    (select,) = parse(scanned)
    assert isinstance(select, Select)
    return time_range(list(comparisons(select.condition)), scanned.literals, NOW, zone)


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("x = 1", TimeRange()),
        ("time > 5", TimeRange(6)),
        ("time >= 5s AND time < 7s", TimeRange(5 * S, 7 * S - 1)),
        ("time >= 1700000000000ms and time <= 1700000600000ms", TimeRange(1_700_000_000 * S, 1_700_000_600 * S)),
        ("time > now() - 1h", TimeRange(NOW - 3600 * S + 1)),
        ("now() - 1h <= time", TimeRange(NOW - 3600 * S)),
        ("(TIME >= 5 AND (x = 1 OR y = 2)) AND time <= 9", TimeRange(5, 9)),
        ("time >= 5 OR time >= 9", TimeRange(9)),
        ("time = 5", TimeRange(5, 5)),
        ("time >= '1970-01-01T00:00:01Z'", TimeRange(S)),
        ("time >= '1970-01-02'", TimeRange(86_400 * S)),
        ("time >= '1970-01-01 00:00:01.5' - 1s", TimeRange(S // 2)),
        ("time >= -5", TimeRange(-5)),
    ],
)
def test_it_intersects_every_comparison_with_time(condition: str, wanted: TimeRange) -> None:
    assert span(condition) == wanted


def test_it_reads_a_written_time_in_the_querys_zone() -> None:
    assert span("time >= '1970-01-02'", "Asia/Tokyo") == TimeRange((86_400 - 9 * 3600) * S)


@pytest.mark.parametrize("condition", ["time >= 'yesterday'", "time != 5", "time >= x", "time > 5 * 3"])
def test_it_says_where_it_cannot_tell(condition: str) -> None:
    with pytest.raises(NotTold):
        span(condition)
