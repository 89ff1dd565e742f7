import locale

import pytest

from collectors.agent.wording import default_lang
from collectors.text import Lang


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "en"}, "en"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "C.UTF-8"}, "ja"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LANGUAGE": "en:ja"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": ""}, "en"),
    ],
)
def test_it_heeds_the_language_even_where_its_locale_was_never_generated(
    environment: dict[str, str], expected: Lang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locale, "setlocale", lambda _category: "C")
    assert default_lang(environment) == expected


@pytest.mark.parametrize(("name", "expected"), [("English_United States.1252", "en"), ("Japanese_Japan.932", "ja")])
def test_it_asks_the_system_where_no_variable_says(name: str, expected: Lang, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "setlocale", lambda _category: name)
    assert default_lang({}) == expected
