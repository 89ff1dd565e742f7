import pytest
from flask import Flask

from api.models import DeviceKind
from tests.api.office import Office
from tests.api.queries import counted
from tests.api.signed_in import Api


@pytest.fixture
def boss(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


def test_tokens_of_devices_are_listed_with_their_use_and_never_told(
    boss: Api, office: Office, other_office: Office
) -> None:
    first, again = office.enrol("1"), office.enrol("1")
    other_office.enrol("2", DeviceKind.PC)
    rows = boss("GET", f"/tokens/devices?contract={office.contract}")[1]
    assert [(row["device"], row["first_used_at"], row["revoked_at"]) for row in rows] == [
        (first.device, None, None)
    ] * 2
    assert len(boss("GET", "/tokens/devices")[1]) == 3
    assert first.token not in str(rows)
    assert again.token not in str(rows)


def test_many_cost_as_few(boss: Api, app: Flask, office: Office) -> None:
    for number in range(8):
        office.enrol(str(number))
    boss("GET", "/tokens/devices")  # that staff looked is noted once in a while
    with counted(app) as few:
        boss("GET", "/tokens/devices?page_size=1")
    with counted(app) as many:
        boss("GET", "/tokens/devices?page_size=100")
    assert len(few) == len(many)


def test_customers_see_none(app: Flask, customer: str) -> None:
    taro = Api(app.test_client(), customer)
    for path in ("/tokens/devices", "/tokens"):
        assert taro("GET", path)[0] == 403
