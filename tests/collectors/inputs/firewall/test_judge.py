from hypothesis import given
from hypothesis import strategies as st

from collectors.inputs.firewall.judge import judge
from collectors.inputs.firewall.layer import PROFILES, WINDOWS, Findings, Layer
from collectors.text import Text
from collectors.verdict import State

UNREAD = (Text("読めません", "cannot be read"),)
LAYERS = st.builds(
    Layer,
    profile=st.sampled_from([*PROFILES, "system"]),
    manager=st.sampled_from([WINDOWS, "ufw", "nftables"]),
    enabled=st.sampled_from([True, False, None]),
    default_inbound=st.sampled_from(["block", "allow", None]),
)


def profiles(*enabled: bool | None) -> tuple[Layer, ...]:
    return tuple(Layer(name, WINDOWS, state, "block") for name, state in zip(PROFILES, enabled, strict=False))


def test_it_wants_all_three_profiles_before_it_calls_windows_ok() -> None:
    assert judge(Findings(profiles(True, True, True))).device.state is State.OK
    assert judge(Findings(profiles(True, True))).device.code == "partial"
    assert judge(Findings(profiles(True, True, None))).device.code == "partial"


def test_it_calls_one_profile_that_is_off_bad_and_names_it() -> None:
    device = judge(Findings(profiles(True, False))).device
    assert device.state is State.BAD
    assert "プライベート" in device.reason.ja


def test_it_lets_another_makers_firewall_take_over() -> None:
    judged = judge(Findings((*profiles(False, False, False), Layer("system", "ESET", True))))
    assert (judged.device.state, judged.manager) == (State.OK, "ESET")
    assert judged.layers[0][1].code == "other_product"


def test_it_is_unknown_where_the_kernel_could_not_be_asked() -> None:
    assert judge(Findings((Layer("system", "ufw", False),), UNREAD)).device.state is State.UNKNOWN


def test_it_lets_a_setting_say_what_no_filter_means() -> None:
    bare = Findings((Layer("system", "nftables", False, "allow"),))
    assert judge(bare).device.state is State.BAD
    assert judge(bare, State.OK).device.state is State.OK
    assert judge(bare, State.OK).enabled is False


@given(st.lists(LAYERS, max_size=5), st.booleans())
def test_it_calls_a_device_ok_only_if_something_filters(layers: list[Layer], unread: bool) -> None:
    judged = judge(Findings(tuple(layers), UNREAD if unread else ()))
    if judged.device.state is State.OK:
        assert judged.enabled is True
        assert any(layer.enabled and layer.default_inbound != "allow" for layer in layers)
    if judged.device.state is State.UNKNOWN:
        assert judged.enabled is None
