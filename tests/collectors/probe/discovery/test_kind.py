import re

import msgspec
import pytest

from collectors.probe.device.load import kinds
from collectors.probe.discovery.kind import KINDS, UNKNOWN, Clue, Traits, clues, guess
from collectors.probe.discovery.screen import _KINDS


@pytest.mark.parametrize(
    ("traits", "kind"),
    [
        (Traits("ups", services=frozenset({"_ipp._tcp"})), "ups"),
        (Traits("unknown", services=frozenset({"_ipp._tcp"})), "printer"),
        (Traits(services=frozenset({"sip"}), texts=("Yealink SIP-T46S",)), "phone"),
        (Traits(services=frozenset({"sip"}), texts=("FPBX-16.0.40",)), "pbx"),
        (Traits(services=frozenset({"sip", "sip:registrar"})), "pbx"),
        (Traits(services=frozenset({"nb:00", "nb:20", "nb:1cg"}), ports=frozenset({445})), "server"),
        (Traits(services=frozenset({"nb:00"}), ports=frozenset({445})), "pc"),
        (Traits(texts=("DiskStation - Synology NAS",), ports=frozenset({5000, 445})), "nas"),
        (Traits(texts=("Yamaha RTX1220",)), "router"),
        (Traits(services=frozenset({"http"}), ports=frozenset({80}), texts=("nginx/1.24.0",)), "server"),
        (Traits(ports=frozenset({9100})), "printer"),
        (Traits(vendors=("virtual address, VRRP (RFC 9568) or CARP",)), "router"),
        (Traits(vendors=("Canon Inc.",)), UNKNOWN),
        (Traits(), UNKNOWN),
    ],
)
def test_it_guesses_from_what_speaks_loudest(traits: Traits, kind: str) -> None:
    found = guess(traits)
    assert found.kind == kind
    assert found.reason.ja
    assert found.reason.en


def test_its_table_is_sound() -> None:
    assert {each.kind for each in clues()} <= KINDS
    assert all(each.ja and not each.ja.isascii() and each.en.isascii() for each in clues() if "…" not in each.en)
    assert set(_KINDS) == KINDS - {UNKNOWN}


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "toaster", "weight": 5, "ja": "あ", "en": "a", "port": [1]},
        {"kind": "pc", "weight": 100, "ja": "あ", "en": "a", "port": [1]},
        {"kind": "pc", "weight": 5, "ja": "あ", "en": "a"},
        {"kind": "pc", "weight": 5, "ja": "あ", "en": "a", "ports": [1]},
        {"kind": "pc", "weight": 5, "ja": "あ", "en": "a", "text": ["("]},
    ],
)
def test_it_refuses_entries_that_cannot_be_meant(entry: dict[str, object]) -> None:
    with pytest.raises((msgspec.ValidationError, re.error)):
        msgspec.convert(entry, Clue)


def test_it_knows_every_kind_that_devices_tell_over_snmp() -> None:
    told = {match.kind or file.kind or UNKNOWN for file in kinds() for match in file.match}
    assert told <= KINDS
