import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.probe.discovery.hardware import RANDOM, is_local, normal_mac, vendor, virtual


@pytest.mark.parametrize(
    ("text", "mac"),
    [
        ("00-A0-DE-12-34-56", "00:a0:de:12:34:56"),
        ("0:a0:de:2:34:56", "00:a0:de:02:34:56"),
        ("00:00:00:00:00:00", ""),
        ("ff:ff:ff:ff:ff:ff", ""),
        ("01:00:5e:00:00:16", ""),
        ("00:a0:de:12:34", ""),
        ("(incomplete)", ""),
        ("", ""),
    ],
)
def test_it_brings_addresses_into_one_form(text: str, mac: str) -> None:
    assert normal_mac(text) == mac


@given(st.text())
def test_it_makes_nothing_of_what_is_no_address(text: str) -> None:
    assert normal_mac(text) in ("", normal_mac(normal_mac(text)))


@pytest.mark.parametrize(
    ("mac", "name"),
    [
        ("00:80:77:01:02:03", "Brother"),
        ("00:00:5e:00:01:0a", "virtual address, VRRP"),
        ("00:00:0c:9f:f0:01", "virtual address, HSRP version 2"),
        ("da:a1:19:00:00:01", RANDOM),
        ("52:54:00:12:34:56", RANDOM),
    ],
)
def test_it_knows_whose_address_it_is(mac: str, name: str) -> None:
    assert vendor(mac).startswith(name)


def test_it_does_not_know_what_was_never_given_out() -> None:
    assert vendor("") == ""
    assert vendor("fc:ff:ff:00:00:01") == ""
    assert not is_local("00:80:77:01:02:03")
    assert virtual("00:80:77:01:02:03") == ""
