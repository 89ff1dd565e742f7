"""Settings are read from the environment, and one that cannot be used is told with what can."""

import pytest

from api.config import ConfigError, load

NEEDED = {"KARTE_DATABASE_URL": "sqlite://", "KARTE_SECRET_KEY": "a key for tests only"}


@pytest.mark.parametrize(("given", "expected"), [({}, "python"), ({"KARTE_ALERTING": "grafana"}, "grafana")])
def test_this_service_evaluates_the_rules_unless_grafana_is_named(given: dict[str, str], expected: str) -> None:
    assert load({**NEEDED, **given}).alerting == expected


@pytest.mark.parametrize("name", ["KARTE_ALERTING", "KARTE_INFLUX_ENGINE"])
def test_a_word_that_is_none_of_a_few_is_refused_with_those(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({**NEEDED, name: "Grafana!"})
    assert name in caught.value.text.ja
    assert "'Grafana!'" in caught.value.text.en
    assert "must be one of" in caught.value.text.en
