"""One Grafana for all live checks of what is in it; each check makes contracts of its own."""

from collections.abc import Iterator

import pytest

from api.config import Config
from tests.dashboards.conftest import office_stored
from tests.live.grafana_place import Place, placed

__all__ = ["office_stored"]


@pytest.fixture(scope="session")
def place(office_stored: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A running Grafana whose gateway reads the simulated office, which is the contract `c-office`."""
    with placed(tmp_path_factory.mktemp("place"), office_stored) as running:
        yield running
