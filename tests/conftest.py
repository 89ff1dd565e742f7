"""Fixtures that more than one room needs. Real servers are started once a session, on free loopback ports."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from api.local.influxd import Influxd, start_influxd

# An ordinary run tries few examples, and the same ones each time; a nightly one tries many new ones.
settings.register_profile("ordinary", max_examples=30, derandomize=True)
settings.register_profile("nightly", max_examples=500, deadline=None)
settings.load_profile("nightly" if os.environ.get("KARTE_NIGHTLY") == "1" else "ordinary")

# Whoever runs the tests, programs speak the product's first language unless a test asks for the other.
os.environ["LANGUAGE"] = "ja"

_COUNT = itertools.count(1)

LONGEST = (
    "api/local/test_up.py",
    "api/analysis/test_incidents.py",
    "collectors/probe/discovery/test_office.py",
    "docker/test_compose.py",
    "api/gateway/query/test_hostile.py",
    "dashboards/test_boards.py",
    "api/demo/test_history.py",
    "api/cli/test_rollup.py",
    "api/gateway/test_faults.py",
    "api/gateway/test_write.py",
    "api/gateway/query/test_alone.py",
    "collectors/agent/test_kill.py",
    "api/reports/test_worker.py",
    "api/reports/test_filing.py",
    "api/reports/test_pdf.py",
    "api/relay/test_relay.py",
    "api/rollup/test_fill.py",
    "collectors/agent/test_service.py",
    "api/test_from_point_to_message.py",
    "collectors/probe/device/test_garbage.py",
)
"""Files that take longest begin first: begun last, one of them would run alone while other cores have nothing to do."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; all else stays in its order."""
    root = Path(__file__).resolve().parent
    place = {root / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture(scope="session")
def influxd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influxd]:
    """A real influxd 1.x that lives for the whole test session."""
    running = start_influxd(tmp_path_factory.mktemp("influxd"))
    yield running
    running.stop()


@pytest.fixture
def database_name() -> str:
    """A database name that no other test uses."""
    return f"karte_{next(_COUNT)}"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent
