"""Fixtures that more than one room needs. Real servers are started once a session, on free loopback ports."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from api.local.influxd import Influxd, start_influxd
from tests.postgres import Postgres, start_postgres

# An ordinary run tries few examples, and the same ones each time; a nightly one tries many new ones.
# How long one takes is no finding: a machine may have other work.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ordinary", _UNHURRIED, max_examples=20, derandomize=True)
settings.register_profile("nightly", _UNHURRIED, max_examples=500)
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
    "api/security/test_schema_conformance.py",
    "api/portal/test_in_chromium.py",
    "api/privacy/test_erase.py",
    "api/privacy/test_export.py",
    "api/gateway/test_revocation.py",
    "api/test_life_of_a_contract.py",
    "api/reports/test_filing.py",
    "api/reports/test_pdf.py",
    "api/relay/test_relay.py",
    "api/rollup/test_fill.py",
    "collectors/agent/test_service.py",
    "api/test_from_point_to_message.py",
    "collectors/probe/device/test_garbage.py",
)
"""Files that take longest begin first: begun last, one of them would run alone while other cores have nothing to do."""

ON_BOTH = (
    "api/audit/test_log.py",
    "api/contracts",
    "api/identity/test_access.py",
    "api/identity/test_enrolment.py",
    "api/routes/test_enroll.py",
    "api/test_db.py",
    "api/test_schema.py",
)
"""What an ordinary run tries on SQLite and PostgreSQL; `--database postgresql` tries everything on the latter alone."""

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose the database that every test works on."""
    parser.addoption(
        "--database",
        choices=[SQLITE, POSTGRESQL],
        default=os.environ.get("KARTE_TEST_DATABASE") or None,
        help="try all tests on this database only; else on SQLite, and some on both",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what works on a database on each that this run wants."""
    if "dialect" not in metafunc.fixturenames:
        return
    wanted = metafunc.config.getoption("--database")
    own = metafunc.definition.get_closest_marker("dialect")
    if own is not None:
        metafunc.parametrize("dialect", [each for each in own.args if wanted in (None, each)])
    elif wanted is not None:
        metafunc.parametrize("dialect", [wanted])
    elif _is_one_of(metafunc.definition.path, ON_BOTH):
        metafunc.parametrize("dialect", [SQLITE, POSTGRESQL])


def _is_one_of(path: Path, names: tuple[str, ...]) -> bool:
    here = path.relative_to(Path(__file__).resolve().parent).as_posix()
    return any(here == name or here.startswith(f"{name}/") for name in names)


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL that lives for the whole test session."""
    running = start_postgres()
    yield running
    running.stop()


@pytest.fixture
def dialect() -> str:
    """The database that a test works on; `pytest_generate_tests` says which else."""
    return SQLITE


@pytest.fixture
def database_name() -> str:
    """A database name that no other test uses."""
    return f"karte_{next(_COUNT)}"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parent.parent
