import pytest

from api.influx.answers import read_series
from api.influx.engine import EngineError


def test_it_reads_series_with_tags_and_whole_numbers_exact() -> None:
    body = (
        b'{"results":[{"statement_id":0,"series":[{"name":"mem","tags":{"host":"pc1"},"columns":["time","total"],'
        b'"values":[[1700000000000000001,9007199254740993],[1700000000000000002,null]]}]}]}'
    )
    (series,) = read_series(body)
    assert series.rows() == [
        {"host": "pc1", "time": 1700000000000000001, "total": 9007199254740993},
        {"host": "pc1", "time": 1700000000000000002, "total": None},
    ]


def test_it_gives_an_empty_list_for_an_empty_answer() -> None:
    assert read_series(b'{"results":[{"statement_id":0}]}') == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"results":[{"statement_id":0,"error":"database not found: x"}]}', "database not found: x"),
        (b'{"error":"error parsing query"}', "error parsing query"),
        (b'{"results":[{"statement_id":0,"partial":true,"series":[]}]}', "cut its answer off"),
        (b'{"results":[{"statement_id":0},{"statement_id":1}]}', "the engine ran 2"),
        (b"<html>", "not understood"),
    ],
)
def test_it_raises_what_the_engine_says(body: bytes, told: str) -> None:
    with pytest.raises(EngineError, match=told):
        read_series(body)
