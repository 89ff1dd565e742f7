import pytest

from api.identity.known_bad import is_guessed_first
from api.identity.passwords import PasswordRefused, generate_password, hash_password, password_matches, rehash

NAMES = ["taro@example.jp", "山田商事株式会社", "佐藤 花子"]


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "ｐａｓｓｗｏｒｄ１２３４",
        "qwertyuiop123",
        "poiuytrewq!!",
        "1qaz2wsx3edc",
        "abcdefghijkl",
        "987654321098",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "パスワードパスワード",
        "ぱすわーど１２３４５６",
        "たていすかんなにらせちとしはき",
        "ぬふあうえおやゆよわ2026",
        "Officekarte-2026",
        "karte-admin-0001",
        "いろはにほへといろはにほへと",
    ],
)
def test_it_knows_what_everybody_tries(password: str) -> None:
    assert is_guessed_first(password)


@pytest.mark.parametrize(
    "password",
    ["taro.example.jp", "Taro-2026-0401", "山田商事2026年4月", "山田商事株式会社の鍵", "佐藤花子 佐藤花子 1"],
)
def test_it_knows_the_names_of_the_person_and_the_company(password: str) -> None:
    assert is_guessed_first(password, NAMES)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "猫は台所で寝てばかりいる",
        "パスワードは長いほうがよい",
        "山田商事の裏の池には亀が三匹",
        "oolong-99-fjord",
        "zzzzzzzzzzzz and some tea",
    ],
)
def test_it_asks_for_no_kinds_of_characters(password: str) -> None:
    assert not is_guessed_first(password, NAMES)


def test_passwords_that_are_made_are_good() -> None:
    assert not any(is_guessed_first(generate_password(), NAMES) for _ in range(200))


def test_only_the_choice_of_a_password_is_refused_not_one_that_was_taken_before() -> None:
    with pytest.raises(PasswordRefused, match="easily guessed"):
        hash_password("password1234")
    assert password_matches(rehash("password1234"), "password1234")


def test_what_is_no_text_is_a_password_like_any_other() -> None:
    stored = hash_password("seven quiet otters \ud800")
    assert password_matches(stored, "seven quiet otters \ud800")
    assert not password_matches(stored, "seven quiet otters \udfff")
    assert not is_guessed_first("seven quiet otters \ud800")
