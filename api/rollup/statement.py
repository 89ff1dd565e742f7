"""What the rollup asks of the raw data."""

from api.influx.influxql import quote_identifier, quote_string
from api.readings.scope import Window, to_ns
from collectors.declaration import Measurement


def raw_statement(declared: Measurement, window: Window, contract: str | None) -> str:
    """Return a SELECT of all points of a measurement within a window, series by series.

    Args:
        declared: the measurement.
        window: what is read.
        contract: public id of the only contract that is read; None for all.
    """
    fields = ", ".join(quote_identifier(field.name) for field in declared.fields)
    only = f"{quote_identifier('contract')} = {quote_string(contract)} AND " if contract else ""
    return (
        f"SELECT {fields} FROM {quote_identifier(declared.name)}"  # noqa: S608  # all is quoted
        f" WHERE {only}time >= {to_ns(window.start)} AND time < {to_ns(window.end)} GROUP BY *"
    )


def contracts_statement(declared: Measurement) -> str:
    """Return a SHOW of the contracts that have points of a measurement."""
    return f"SHOW TAG VALUES FROM {quote_identifier(declared.name)} WITH KEY = {quote_identifier('contract')}"
