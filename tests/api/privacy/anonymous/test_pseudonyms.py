from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.privacy.anonymous.pseudonyms import KeyRefused, Pseudonyms, kept_key, new_key

ONE, OTHER = b"1" * 32, b"2" * 32


@given(st.sampled_from(["contract", "device", "series"]), st.lists(st.text(), min_size=1, max_size=3))
def test_the_same_key_gives_the_same_name_and_another_key_another(kind: str, parts: list[str]) -> None:
    name = Pseudonyms(ONE).of(kind, *parts)
    assert name == Pseudonyms(ONE).of(kind, *parts)
    if any(parts):
        assert name != Pseudonyms(OTHER).of(kind, *parts)
        assert name != Pseudonyms(ONE).of("site", *parts)


def test_parts_do_not_run_into_each_other() -> None:
    names = Pseudonyms(ONE)
    assert len({names.of("device", *parts) for parts in (("a", "bc"), ("ab", "c"), ("abc", ""), ("1:a", "bc"))}) == 4


def test_a_key_is_thrown_away_or_kept_for_its_owner_only(tmp_path: Path) -> None:
    assert new_key() != new_key()
    path = tmp_path / "key"
    key = kept_key(path)
    assert kept_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "no key", "00" * 31])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.write_text(content, encoding="ascii")
    with pytest.raises(KeyRefused):
        kept_key(path)
    with pytest.raises(KeyRefused):
        kept_key(tmp_path / "no" / "key")
