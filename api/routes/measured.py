"""Measured values for pages, which still help where the engine does not answer."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from flask import current_app

from api.config import Config
from api.influx.engine import Engine, EngineError
from api.readings.cards import read_now, reader_now
from api.readings.contract import ContractReading
from api.readings.outlook import Forecast, read_forecasts

_Found = TypeVar("_Found")


def newest_values(contract: str, now: datetime) -> ContractReading | None:
    """Return the newest values of a contract, by its public id; None where the engine does not answer."""
    return _asked(contract, lambda engine, database: read_now(engine, database, contract, now))


def newest_forecasts(contract: str, now: datetime) -> tuple[Forecast, ...] | None:
    """Return what was last forecast of a contract, by its public id; None where the engine does not answer."""
    return _asked(contract, lambda engine, database: read_forecasts(reader_now(engine, database, contract, now)))


def _asked(contract: str, ask: Callable[[Engine, str], _Found]) -> _Found | None:
    config: Config = current_app.extensions["karte_config"]
    engine: Engine = current_app.extensions["karte_engine"]
    try:
        return ask(engine, config.influx_database)
    except EngineError as error:
        current_app.logger.error("reading the values of %s: %s", contract, error)
        return None
