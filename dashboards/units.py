"""Units of the catalogue as Grafana names them, so that every number is shown with its unit.

Source: `@grafana/data`, valueFormats/categories.ts.
"""

from collections.abc import Mapping

GRAFANA_UNIT: Mapping[str, str] = {
    "": "none",
    "%": "percent",
    "B": "bytes",
    "°C": "celsius",
    "ms": "ms",
    "s": "s",
    "min": "m",
    "h": "h",
    "d": "d",
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
}
"""Unit symbol of a field -> Grafana's id."""


def grafana_unit(symbol: str) -> str:
    """Return Grafana's id of a unit.

    Raises:
        KeyError: the catalogue has a unit that is not in the table.
    """
    return GRAFANA_UNIT[symbol]
