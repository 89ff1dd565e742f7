import pytest

from collectors.probe.target import ProbeTarget, SnmpVersion, V3Credentials, split_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("printer", ("printer", 161)),
        ("192.0.2.7:1161", ("192.0.2.7", 1161)),
        ("[2001:db8::7]:1161", ("2001:db8::7", 1161)),
        ("[2001:db8::7]", ("2001:db8::7", 161)),
        ("2001:db8::7", ("2001:db8::7", 161)),
        ("fe80::7%eth0", ("fe80::7%eth0", 161)),
    ],
)
def test_it_splits_addresses(text: str, expected: tuple[str, int]) -> None:
    assert split_address(text) == expected


@pytest.mark.parametrize("text", ["", "a b", "host:", "host:0", "host:65536", "a:b:c", "[::1", "http://printer"])
def test_it_refuses_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not|not between"):
        split_address(text)


def test_it_shows_no_secret() -> None:
    v3 = V3Credentials("monitor", auth_key="auth-secret", priv_key="priv-secret")
    shown = repr(ProbeTarget("printer", version=SnmpVersion.V3, community="public-secret", v3=v3))
    assert "secret" not in shown
    assert "monitor" in shown


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"user": "m", "auth_key": "short"}, "8 characters"),
        ({"user": "m", "auth_key": "long enough", "priv_key": "short"}, "8 characters"),
        ({"user": "m", "priv_key": "long enough"}, "auth key too"),
        ({"user": ""}, "user name"),
    ],
)
def test_it_refuses_credentials_that_cannot_work(settings: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        V3Credentials(**settings)  # type: ignore[arg-type]


def test_it_refuses_version_3_without_credentials() -> None:
    with pytest.raises(ValueError, match="needs a user"):
        ProbeTarget("printer", version=SnmpVersion.V3)


def test_it_names_a_device_by_name_and_address() -> None:
    assert ProbeTarget("2001:db8::7", 161, name="複合機").label == "複合機 ([2001:db8::7]:161)"
    assert ProbeTarget("192.0.2.7").label == "192.0.2.7:161"
