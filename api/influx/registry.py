"""The table of engines. A new engine is one module and one line here."""

from collections.abc import Callable

from api.config import Config, EngineName
from api.influx import influxdb1, influxdb2, opengemini
from api.influx.engine import Engine

ENGINES: dict[EngineName, Callable[[Config], Engine]] = {
    "influxdb1": influxdb1.create,
    "influxdb2": influxdb2.create,
    "opengemini": opengemini.create,
}


def create_engine(config: Config) -> Engine:
    """Return the engine that the settings name. Nothing is sent yet, and it may be used in forked processes."""
    return ENGINES[config.influx_engine](config)
