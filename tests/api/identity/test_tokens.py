import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from api.identity.identifiers import ALPHABET, public_id
from api.identity.tokens import (
    DEVICE_TOKEN_LENGTH,
    READ_TOKEN_LENGTH,
    check_character,
    grouped,
    new_device_token,
    new_install_code,
    new_read_token,
    normal_code,
    secret_hash,
)

SYMBOLS = ALPHABET.upper()
bodies = st.text(SYMBOLS, min_size=19, max_size=19)


def test_a_device_token_says_what_it_is_and_has_256_random_bits() -> None:
    made = {new_device_token() for _ in range(100)}
    assert len(made) == 100
    for token in made:
        assert re.fullmatch(r"okd_[A-Za-z0-9_-]{43}", token)
        assert len(token) == DEVICE_TOKEN_LENGTH


def test_a_read_token_can_be_told_from_a_device_token() -> None:
    token = new_read_token()
    assert re.fullmatch(r"okr_[A-Za-z0-9_-]{43}", token)
    assert len(token) == READ_TOKEN_LENGTH
    assert token != new_read_token()


def test_a_public_id_is_a_tag_value_without_escapes() -> None:
    assert re.fullmatch(r"c-[0-9a-z]{10}", public_id("c"))


def test_a_code_comes_in_groups_that_a_person_can_read_out() -> None:
    code = new_install_code()
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}", code)
    assert normal_code(code) == code.replace("-", "")


@given(bodies)
def test_it_forgives_how_people_type(body: str) -> None:
    code = body + check_character(body)
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert unicodedata.normalize("NFKC", full_width) == code
    for typed in (
        code.lower(),
        grouped(code),
        f"  {grouped(code).replace('-', ' ')}\t",
        grouped(code).replace("-", "ー"),
        grouped(code).replace("-", "ｰ"),
        grouped(code).replace("-", "－"),
        grouped(code).replace("-", "\u3000"),
        full_width,
        code.replace("0", "o").replace("1", "l"),
        code.replace("0", "O").replace("1", "I"),
    ):
        assert normal_code(typed) == code


@given(bodies, st.integers(0, 19), st.sampled_from(SYMBOLS))
def test_it_finds_every_single_mistyped_character(body: str, place: int, other: str) -> None:
    code = body + check_character(body)
    assume(code[place] != other)
    assert normal_code(code[:place] + other + code[place + 1 :]) is None


@given(bodies, st.integers(0, 18))
def test_it_finds_swapped_neighbours(body: str, place: int) -> None:
    code = body + check_character(body)
    first, second = code[place], code[place + 1]
    # Luhn's one blind spot: the lowest and the highest symbol next to each other.
    assume(first != second and {first, second} != {"0", "Z"})
    assert normal_code(code[:place] + second + first + code[place + 2 :]) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    code = normal_code(typed)
    assert code is None or (len(code) == 20 and set(code) <= set(SYMBOLS))


@pytest.mark.parametrize("typed", ["", "-", "0" * 19, "0" * 21, "U" * 20, "\ud800" * 20])
def test_it_refuses_what_cannot_be_a_code(typed: str) -> None:
    assert normal_code(typed) is None


@given(st.text())
def test_every_text_has_a_hash(text: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", secret_hash(text))
