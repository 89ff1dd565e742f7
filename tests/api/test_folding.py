import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.folding import folded, folded_lines


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＰＣ－０１", "pc-01"),
        ("ﾌﾟﾘﾝﾀ", "プリンタ"),
        ("Straße", "STRASSE"),
        ("a \u3000 b", "A b"),
        ("㍿例示", "株式会社例示"),
    ],
)
def test_width_case_and_blanks_make_no_difference(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text())
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.lists(st.text(), min_size=1))
def test_each_text_is_one_line(texts: list[str]) -> None:
    assert folded_lines(*texts).count("\n") == len(texts) - 1
