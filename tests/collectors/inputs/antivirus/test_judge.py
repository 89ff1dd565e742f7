from hypothesis import given
from hypothesis import strategies as st

from collectors.inputs.antivirus.judge import judge
from collectors.inputs.antivirus.product import DEFAULT_POLICY, WINDOWS_POLICY, Findings, Mode, Product
from collectors.text import Text
from collectors.verdict import State

GOOD = Product("A", "test", Mode.ON, up_to_date=True)
STALE = Product("B", "test", Mode.ON, up_to_date=True, definitions_age_days=30.0)
OFF = Product("C", "test", Mode.OFF, up_to_date=True)
UNREAD = (Text("読めません", "cannot be read"),)

PRODUCTS = st.builds(
    Product,
    name=st.text("xyz", min_size=1, max_size=2),
    source=st.just("test"),
    mode=st.sampled_from(Mode),
    realtime=st.sampled_from([True, False, None]),
    up_to_date=st.sampled_from([True, False, None]),
    definitions_age_days=st.sampled_from([None, 0.0, 7.0, 8.0, 900.0]),
)


def test_it_takes_one_good_product_for_a_protected_device() -> None:
    judged = judge(Findings((OFF, STALE, GOOD)), DEFAULT_POLICY)
    assert (judged.device.state, judged.active) == (State.OK, GOOD)
    assert [verdict.code for _, verdict in judged.products] == ["stood_down", "definitions_old", "protected"]


def test_it_does_not_believe_up_to_date_where_the_age_says_otherwise() -> None:
    assert judge(Findings((STALE,)), DEFAULT_POLICY).device.code == "definitions_old"


def test_it_is_unknown_where_a_source_is_unread_and_nothing_seen_protects() -> None:
    assert judge(Findings((OFF,), UNREAD), DEFAULT_POLICY).device.state is State.UNKNOWN
    assert judge(Findings((), UNREAD), WINDOWS_POLICY).device.state is State.UNKNOWN


def test_it_is_protected_though_another_source_is_unread() -> None:
    assert judge(Findings((GOOD,), UNREAD), DEFAULT_POLICY).device.state is State.OK


def test_it_lets_the_policy_say_what_no_product_means() -> None:
    assert judge(Findings(), DEFAULT_POLICY).device.state is State.UNKNOWN
    assert judge(Findings(), WINDOWS_POLICY).device.state is State.BAD


def test_it_takes_the_live_one_of_two_registrations_of_a_product() -> None:
    dead = Product("A", "test", Mode.OFF, up_to_date=False)
    judged = judge(Findings((dead, GOOD)), DEFAULT_POLICY)
    assert judged.device.state is State.OK
    assert len(judged.products) == 1


@given(st.lists(PRODUCTS, max_size=4), st.booleans())
def test_it_calls_a_device_ok_only_if_some_product_is_on_and_current(products: list[Product], unread: bool) -> None:
    device = judge(Findings(tuple(products), UNREAD if unread else ()), DEFAULT_POLICY).device
    fit = [
        each
        for each in products
        if each.mode in (Mode.ON, Mode.ON_DEMAND)
        and each.up_to_date is not False
        and (each.definitions_age_days is None or each.definitions_age_days <= 7)
        and (each.definitions_age_days is not None or each.up_to_date)
    ]
    if device.state is State.OK:
        assert fit
    if unread and device.state is State.BAD:
        assert any(each.mode in (Mode.ON, Mode.ON_DEMAND) for each in products)
