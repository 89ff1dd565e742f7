"""The order in which names stand."""

from hypothesis import given
from hypothesis import strategies as st

from api.analysis.naming import natural


def test_numbers_count_as_numbers() -> None:
    names = ["PC-10", "pc-1", "サーバー", "PC-2", "2号機", "10号機", "PC", "ＰＣ－３"]
    assert sorted(names, key=natural) == ["2号機", "10号機", "PC", "pc-1", "PC-2", "PC-10", "サーバー", "ＰＣ－３"]


@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert len(sorted(names, key=natural)) == len(names)
