"""Settings for engine tests."""

from collections.abc import Callable

import pytest

from api.config import Config, EngineName


@pytest.fixture(scope="session")
def settings() -> Callable[..., Config]:
    """Settings for an engine at a URL."""

    def make(url: str, engine: EngineName = "influxdb1", token: str | None = None) -> Config:
        return Config("sqlite://", "test", influx_engine=engine, influx_url=url, influx_token=token)

    return make
