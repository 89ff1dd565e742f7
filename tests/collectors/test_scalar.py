import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.scalar import as_bool, as_int, as_text, first_line, in_brief


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("False", False), ("On", True), ("1", True), (0, False), (2, None), ("", None)],
)
def test_it_reads_only_written_truth_values(value: object, expected: bool | None) -> None:
    assert as_bool(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12", 12),
        (12.0, 12),
        (12.5, None),
        (True, None),
        ("1e3", None),
        ("\x1c52", 52),
        ("", None),
        (2**70, None),
        (float("nan"), None),
    ],
)
def test_it_reads_only_whole_numbers(value: object, expected: int | None) -> None:
    assert as_int(value) == expected


@given(st.text())
def test_it_gives_text_that_can_be_stored(text: str) -> None:
    found = as_text(text, limit=20)
    assert found is None or (len(found) <= 20 and found.isprintable() and found.encode())


def test_it_drops_lone_surrogates_and_line_ends() -> None:
    assert as_text("a\r\nb\ud800c") == "a b c"


@given(st.text())
def test_it_keeps_text_in_brief_and_shows_that_there_was_more(text: str) -> None:
    whole = " ".join(text.split())
    short = in_brief(text, 20)
    assert len(short.splitlines()) <= 1
    assert len(short) <= 20
    assert short == whole if len(whole) <= 20 else short.endswith("…")


def test_it_takes_the_first_line_that_says_something() -> None:
    assert first_line("\r\n\n  Cannot  talk to it.\r\nSee the manual.\n") == "Cannot talk to it."
    assert first_line(" \n") == ""
