import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.plaintext import InvalidText, has_control, one_line


@pytest.mark.parametrize("text", ["山田　太郎", " 山田\n太郎 ", "山田\t 太郎"])
def test_white_space_becomes_one_space(text: str) -> None:
    assert one_line(text, 20, "the name") == "山田 太郎"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "the name is empty"),
        ("\u3000 \n", "the name is empty"),
        ("x" * 21, "the name has 21 characters; at most 20"),
        ("a\x1b[31mb", "the name has control characters"),
        ("a\u202eb", "the name has control characters"),
        ("a\x00b", "the name has control characters"),
        ("\ud800", "the name has control characters"),
    ],
)
def test_it_says_why_a_text_cannot_be_used(text: str, problem: str) -> None:
    with pytest.raises(InvalidText, match=problem):
        one_line(text, 20, "the name")


@given(st.text())
def test_what_it_gives_is_one_clean_line(text: str) -> None:
    try:
        line = one_line(text, 50, "it")
    except InvalidText:
        return
    assert line
    assert len(line.splitlines()) == 1
    assert not has_control(line)
    assert one_line(line, 50, "it") == line
