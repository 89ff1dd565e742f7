from collections.abc import Iterator

import pytest

from api.grafana.api import Grafana
from api.grafana.errors import GrafanaDenied
from tests.api.grafana.server import PASSWORD, USER, World, grafana

LOGIN = "POST /login"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(world: World) -> Iterator[Grafana]:
    with grafana(world) as url:
        yield Grafana(url, USER, PASSWORD)


def test_it_signs_in_once_and_signs_out(world: World, server: Grafana) -> None:
    server.hello()
    server.orgs()
    assert world.calls.count(LOGIN) == 1
    assert len(world.sessions) == 1
    server.close()
    assert world.sessions == set()
    assert server.orgs()


def test_it_signs_in_again_once_a_session_has_ended(world: World, server: Grafana) -> None:
    server.hello()
    world.sessions.clear()
    made = server.create_org("x")
    assert world.named("x") is world.orgs[made]
    assert server.orgs()
    assert world.calls.count(LOGIN) == 2


def test_it_uses_the_password_where_there_are_no_sessions(world: World, server: Grafana) -> None:
    world.has_login = False
    assert server.hello().login == USER
    assert server.orgs()
    assert world.calls.count(LOGIN) == 1


def test_a_wrong_password_is_told(world: World, server: Grafana) -> None:
    with pytest.raises(GrafanaDenied, match="KARTE_GRAFANA_PASSWORD"):
        Grafana(server.url, USER, "another").hello()
    assert world.sessions == set()
