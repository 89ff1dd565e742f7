import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.decode import decode_text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
def test_it_reads_what_japanese_systems_write(encoding: str) -> None:
    assert decode_text("名前: 会計ソフト\r\n".encode(encoding)) == "名前: 会計ソフト\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_cut_within_a_character_costs_that_character_only(encoding: str) -> None:
    assert decode_text("名前: 会計".encode(encoding)[:-1]) == "名前: 会"


@given(st.binary())
def test_it_raises_nothing(data: bytes) -> None:
    assert isinstance(decode_text(data), str)
