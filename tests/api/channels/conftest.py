"""Local servers that speak the services' contracts."""

from collections.abc import Iterator

import pytest

from tests.api.channels.pki import Pki, make_pki
from tests.api.channels.places import SPOKEN, Place, place


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """An authority of the tests' own, and a certificate of it."""
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def spoken(request: pytest.FixtureRequest, pki: Pki) -> Iterator[Place]:
    """The running service of the kind that the test names."""
    with place(request.param, pki) as running:
        yield running


every_kind = pytest.mark.parametrize("spoken", list(SPOKEN), indirect=True)
