import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.plaintext import InvalidText, has_control, one_line
from collectors.text import Text

NAME = Text("名前", "the name")


@pytest.mark.parametrize("text", ["山田　太郎", " 山田\n太郎 ", "山田\t 太郎"])
def test_white_space_becomes_one_space(text: str) -> None:
    assert one_line(text, 20, NAME) == "山田 太郎"


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
        ("a\u200db", "the name has control characters"),
        ("\N{WOMAN}\u200d", "the name has control characters"),
        ("\N{WOMAN}\u200d\u200d\N{GIRL}", "the name has control characters"),
        ("\N{WOMAN}\u202e\N{GIRL}", "the name has control characters"),
        ("a\U000e0067\U000e007f", "the name has control characters"),
    ],
)
def test_it_says_why_a_text_cannot_be_used(text: str, problem: str) -> None:
    with pytest.raises(InvalidText, match=problem):
        one_line(text, 20, NAME)


@pytest.mark.parametrize(
    "name",
    [
        "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}商店",
        "\N{WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}\u200d\N{PERSONAL COMPUTER}",
        "\N{WAVING WHITE FLAG}\ufe0f\u200d\N{RAINBOW}",
        "\N{WAVING BLACK FLAG}\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "\U0001faea",
        "\u2764\ufe0f\u200d\N{FIRE}",
    ],
    ids=["family", "profession", "flag", "country", "new", "heart"],
)
def test_it_takes_emoji_that_are_put_together(name: str) -> None:
    assert one_line(name, 20, NAME) == name


def test_it_says_so_in_japanese_too() -> None:
    with pytest.raises(InvalidText) as caught:
        one_line("x" * 21, 20, NAME)
    assert caught.value.text.ja == "名前が21文字あります。20文字までにしてください"


@given(st.text())
def test_what_it_gives_is_one_clean_line(text: str) -> None:
    try:
        line = one_line(text, 50, NAME)
    except InvalidText:
        return
    assert line
    assert len(line.splitlines()) == 1
    assert not has_control(line)
    assert one_line(line, 50, NAME) == line
