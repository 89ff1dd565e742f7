import pytest

from api.channels.entry import Entered, channel_of, hidden, split
from api.channels.fields import InvalidSettings
from api.channels.guard import Allowance, Guard
from api.channels.registry import KINDS
from api.channels.vault import Vault
from api.plaintext import InvalidText

VAULT = Vault(["a key for tests only"])
GUARD = Guard(Allowance())
GOOD = {"url": "https://hooks.example.jp/karte", "key": "an-example-of-a-signature-key"}


def test_it_seals_the_secret_for_the_contract() -> None:
    made = channel_of(7, Entered("webhook", "受付の画面", {}, GOOD), VAULT, GUARD)
    assert (made.contract_id, made.kind, made.settings) == (7, "webhook", {})
    assert VAULT.open(7, "webhook", made.secret) == GOOD


@pytest.mark.parametrize("minutes", [-1, 7 * 24 * 60 + 1])
def test_it_refuses_an_escalation_that_cannot_be(minutes: int) -> None:
    with pytest.raises(InvalidSettings, match="from 0 to 10080 minutes") as refused:
        channel_of(7, Entered("webhook", "x", {}, GOOD, escalation_min=minutes), VAULT, GUARD)
    assert refused.value.field == "escalation_min"


@pytest.mark.parametrize("name", ["", " ", "a\x00b", "x" * 101])
def test_it_refuses_a_name_that_cannot_be_shown(name: str) -> None:
    with pytest.raises(InvalidText):
        channel_of(7, Entered("webhook", name, {}, GOOD), VAULT, GUARD)


def test_what_was_entered_does_not_show_its_secret() -> None:
    assert GOOD["key"] not in repr(Entered("webhook", "x", {}, GOOD))


def test_it_parts_secret_fields_from_others() -> None:
    settings, secret = split(KINDS["webhook"], {**GOOD, "colour": "red"})
    assert (settings, secret) == ({"colour": "red"}, GOOD)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param("0123456789abcdef", "••••cdef", id="long"),
        pytest.param("0123456789abcde", "••••", id="short"),
        pytest.param("0123456789abcdefgh-/=", "••••", id="signs"),
        pytest.param("-----BEGIN KEY-----\nabc\n-----END KEY-----\n", "••••", id="key"),
        pytest.param("", "••••", id="empty"),
    ],
)
def test_of_a_secret_no_more_than_the_end_is_shown(value: str, shown: str) -> None:
    assert hidden({"token": value}) == {"token": shown}
