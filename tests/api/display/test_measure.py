import pytest

from api.display.measure import measured


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (91.2, "%", "91%", "91%"),
        (1.0, "d", "1日", "1 day"),
        (7.5, "d", "8日", "8 days"),
        (-3.0, "d", "マイナス3日", "minus 3 days"),
        (1_209_600, "s", "14日", "14 days"),
        (61.0, "°C", "61 °C", "61 °C"),
        (0.25, "1/s", "毎秒 0.25 件", "0.25 a second"),
        (1200, "", "1,200", "1,200"),
    ],
)
def test_a_value_is_told_with_its_unit(value: float, unit: str, ja: str, en: str) -> None:
    assert (measured(value, unit, "ja"), measured(value, unit, "en")) == (ja, en)
