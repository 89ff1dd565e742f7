"""Units of the catalogue as Grafana names them, so that every number is shown with its unit.

Source: `@grafana/data`, valueFormats/categories.ts. Grafana makes weeks of days and says so in English, so hours and
days are shown as they are, with their word.
"""

from collections.abc import Mapping

from collectors.text import Lang, Text

GRAFANA_UNIT: Mapping[str, str] = {
    "": "none",
    "1": "locale",
    "%": "percent",
    "B": "bytes",
    "°C": "celsius",
    "ms": "ms",
    "s": "s",
    "B/s": "Bps",
    "bit/s": "bps",
    "1/s": "cps",
    "Mbit/s": "Mbits",
    "V": "volt",
    "A": "amp",
    "W": "watt",
    "Hz": "hertz",
    "mWh": "mWh",
    "mAh": "mAh",
    "duration": "dtdhms",
    "time": "time:YYYY-MM-DD HH:mm",
}
"""Unit symbol of a field -> Grafana's id. `1` is a count with its thousands apart, `duration` seconds as
days and hh:mm:ss, `time` a moment in milliseconds since 1970."""

IN_WORDS: Mapping[str, Text] = {
    "min": Text("分", "min"),
    "h": Text("時間", "h"),
    "d": Text("日", "days"),
    "devices": Text("台", ""),
    "troubled": Text("台に問題", "not well"),
    "cases": Text("件", ""),
}
"""Units that are written behind the number; `devices`, `troubled` (devices that are not well)
and `cases` are counts."""


def grafana_unit(symbol: str, lang: Lang) -> str:
    """Return Grafana's id of a unit.

    Raises:
        KeyError: the catalogue has a unit that is in no table.
    """
    if symbol in IN_WORDS:
        word = IN_WORDS[symbol].in_(lang)
        return f"suffix:{word}" if word else GRAFANA_UNIT[""]
    return GRAFANA_UNIT[symbol]
