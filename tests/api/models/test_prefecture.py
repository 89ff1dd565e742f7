import pytest

from api.models import Site
from api.models.prefecture import PREFECTURES, prefecture_code


def test_it_knows_the_47_by_their_codes() -> None:
    assert list(PREFECTURES) == [f"{n:02d}" for n in range(1, 48)]
    assert PREFECTURES["13"].ja == "東京都"
    assert PREFECTURES["47"].en == "Okinawa"
    assert len({name.en for name in PREFECTURES.values()}) == 47


@pytest.mark.parametrize("entered", ["東京都", "東京", "Tokyo", " tokyo ", "13", "１３", "ＴＯＫＹＯ"])
def test_it_understands_what_people_write(entered: str) -> None:
    assert prefecture_code(entered) == "13"


@pytest.mark.parametrize("code", list(PREFECTURES))
def test_each_is_found_by_every_form_of_its_name(code: str) -> None:
    name = PREFECTURES[code]
    assert {prefecture_code(form) for form in (code, name.ja, name.en, str(int(code)))} == {code}


@pytest.mark.parametrize("entered", ["", "京", "北海", "California", "48", "0", "-1"])
def test_it_does_not_guess(entered: str) -> None:
    assert prefecture_code(entered) is None


def test_a_site_is_in_japan() -> None:
    with pytest.raises(ValueError, match="not the code of a prefecture of Japan"):
        Site(name="Paris", prefecture="75")
