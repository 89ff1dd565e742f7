from datetime import date, timedelta

import pytest
from sqlalchemy import select

from api.contracts.quota import OptionRefused, add_option, choose_stopping, end_option, settle, usage, warn
from api.gateway.grant import Refusal, WriteGrant
from api.identity.access import write_lookup
from api.identity.enrolment import EnrolmentRefused
from api.models import Contract, ContractEvent, ContractOption, Device, DeviceKind, Notice, OptionKind
from api.models.base import SERVICE_ZONE, service_day, utc_now
from tests.api.contracts.conftest import Desk
from tests.api.office import Office

TODAY = service_day(utc_now())


@pytest.fixture
def crowded(desk: Desk) -> list[str]:
    """Twelve devices by an option of two, which ends in twenty days; their tokens in the order of enrolment."""
    desk.now = utc_now().astimezone(SERVICE_ZONE)
    with desk.order() as (order, contract):
        add_option(order, contract, OptionKind.EXTRA_DEVICES, 2, TODAY, None)
    tokens = [desk.office.enrol(str(number)).token for number in range(12)]
    with desk.order() as (order, contract):
        end_option(order, contract, contract.options[0], TODAY + timedelta(days=20))
    return tokens


def stopped(desk: Desk) -> list[str]:
    with desk.office.database.reading() as session:
        asked = select(Device.hostname).where(Device.stopped_at.is_not(None)).order_by(Device.id)
        return list(session.scalars(asked))


def test_it_tells_what_is_in_use_and_what_is_to_come(desk: Desk, crowded: list[str]) -> None:
    with desk.order() as (order, contract):
        used = usage(order.session, contract, order.today)
    assert (used.quota, used.in_use, used.headroom, used.exceeded_by) == (12, 12, 0, 2)
    assert used.shrinking is not None
    assert (used.shrinking.on, used.shrinking.quota) == (TODAY + timedelta(days=21), 10)
    assert crowded


@pytest.mark.usefixtures("crowded")
def test_it_warns_at_once_and_again_a_week_before_and_no_more(desk: Desk) -> None:
    def warned() -> list[str]:
        with desk.office.database.reading() as session:
            return [notice.body for notice in session.scalars(select(Notice).where(Notice.kind == "quota_shrinks"))]

    assert len(warned()) == 1
    assert "host-10" in warned()[0]
    assert "host-11" in warned()[0]
    for days, notices in ((1, 1), (13, 2), (1, 2)):
        desk.wait(days=days)
        with desk.order() as (order, contract):
            warn(order.session, contract, order.now)
        assert len(warned()) == notices


def test_the_newest_stop_and_keep_their_data_and_come_back(desk: Desk, crowded: list[str]) -> None:
    look_up = write_lookup(desk.office.database)
    desk.wait(days=20)
    with desk.order() as (order, contract):
        assert settle(order.session, contract, order.now) == []
    desk.wait(days=1)
    with desk.order() as (order, contract):
        settle(order.session, contract, order.now)
    assert stopped(desk) == ["host-10", "host-11"]
    assert isinstance(look_up(crowded[9]), WriteGrant)
    refused = look_up(crowded[11])
    assert isinstance(refused, Refusal)
    assert (refused.status, refused.code) == (403, "device_stopped")
    with desk.order() as (order, contract):
        add_option(order, contract, OptionKind.EXTRA_DEVICES, 1, order.today, None)
    assert stopped(desk) == ["host-11"]
    assert isinstance(look_up(crowded[10]), WriteGrant)


@pytest.mark.usefixtures("crowded")
def test_what_the_customer_chose_stops_first(desk: Desk) -> None:
    with desk.order() as (order, contract):
        chosen = [device for device in contract.devices if device.hostname in ("host-0", "host-5")]
        choose_stopping(order, contract, chosen)
    desk.wait(days=21)
    with desk.order() as (order, contract):
        settle(order.session, contract, order.now)
    assert stopped(desk) == ["host-0", "host-5"]


@pytest.mark.parametrize(
    ("amount", "ends_on"),
    [(0, None), (-1, None), (1, TODAY - timedelta(days=1)), (1_000_000, None), (1, date(9999, 12, 31))],
)
def test_it_refuses_an_option_that_means_nothing(desk: Desk, amount: int, ends_on: date | None) -> None:
    with pytest.raises(OptionRefused), desk.order() as (order, contract):
        add_option(order, contract, OptionKind.EXTRA_DEVICES, amount, TODAY, ends_on)


def test_a_contract_that_has_ended_gets_no_option(desk: Desk) -> None:
    desk.office.apply(ContractEvent.TERMINATE)
    with pytest.raises(OptionRefused, match="has ended"), desk.order() as (order, contract):
        add_option(order, contract, OptionKind.EXTRA_DEVICES, 1, TODAY, None)
    with desk.office.database.reading() as session:
        assert session.scalars(select(ContractOption)).all() == []


def test_a_site_has_one_probe_and_more_by_an_option(office: Office) -> None:
    office.enrol("first", DeviceKind.PROBE)
    with pytest.raises(EnrolmentRefused) as refused:
        office.enrol("second", DeviceKind.PROBE)
    assert (refused.value.code, refused.value.details["quota"]) == ("quota_exceeded", 1)
    desk = Desk(office)
    desk.now = utc_now()
    with desk.order() as (order, contract):
        add_option(order, contract, OptionKind.EXTRA_PROBES, 1, TODAY, None)
    office.enrol("second", DeviceKind.PROBE)
    with office.database.reading() as session:
        assert session.scalars(select(Contract)).one().probe_quota(TODAY) == 2
