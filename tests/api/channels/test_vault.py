import pytest

from api.channels.vault import SecretUnreadable, Vault, vault_of
from api.config import Config

OLD, NEW = "an old key, long enough for tests", "a new key, long enough for tests"
SECRET = {"token": "xoxb-秘密", "key": "k" * 40}


def test_it_opens_what_it_sealed() -> None:
    sealed = Vault([OLD]).seal(1, "slack", SECRET)
    assert b"xoxb" not in sealed
    assert Vault([OLD]).open(1, "slack", sealed) == SECRET


def test_the_same_secret_looks_different_each_time() -> None:
    assert Vault([OLD]).seal(1, "slack", SECRET) != Vault([OLD]).seal(1, "slack", SECRET)


@pytest.mark.parametrize(("contract", "kind"), [(2, "slack"), (1, "teams")])
def test_it_does_not_open_for_another_contract_or_kind(contract: int, kind: str) -> None:
    sealed = Vault([OLD]).seal(1, "slack", SECRET)
    with pytest.raises(SecretUnreadable, match="belongs to another contract"):
        Vault([OLD]).open(contract, kind, sealed)


@pytest.mark.parametrize("position", [0, 5, 20, 60, -1])
def test_what_was_tampered_with_does_not_open(position: int) -> None:
    sealed = bytearray(Vault([OLD]).seal(1, "slack", SECRET))
    sealed[position] = ord("A") if sealed[position] != ord("A") else ord("B")
    with pytest.raises(SecretUnreadable):
        Vault([OLD]).open(1, "slack", bytes(sealed))


def test_it_does_not_open_with_another_key() -> None:
    sealed = Vault([OLD]).seal(1, "slack", SECRET)
    for attempt in (lambda: Vault([NEW]).open(1, "slack", sealed), lambda: Vault([NEW]).rekey(sealed)):
        with pytest.raises(SecretUnreadable):
            attempt()


def test_after_it_was_encrypted_anew_the_old_key_may_go() -> None:
    before = Vault([OLD]).seal(1, "slack", SECRET)
    both = Vault([NEW, OLD])
    assert both.open(1, "slack", before) == SECRET
    after = both.rekey(before)
    assert Vault([NEW]).open(1, "slack", after) == SECRET
    with pytest.raises(SecretUnreadable):
        Vault([OLD]).open(1, "slack", after)


def test_nothing_secret_stays_nothing() -> None:
    vault = Vault([OLD])
    assert (vault.seal(1, "x", {}), vault.open(1, "x", b""), vault.rekey(b"")) == (b"", {}, b"")


def test_without_a_key_of_its_own_the_key_of_sessions_serves_and_goes_on_to_open() -> None:
    config = Config(database_url="", secret_key=OLD)
    sealed = vault_of(config).seal(1, "slack", SECRET)
    later = vault_of(Config(database_url="", secret_key=OLD, encryption_key="first , second"))
    assert later.open(1, "slack", sealed) == SECRET
    anew = later.rekey(sealed)
    assert vault_of(Config(database_url="", secret_key=NEW, encryption_key="first")).open(1, "slack", anew) == SECRET
    with pytest.raises(SecretUnreadable):
        vault_of(Config(database_url="", secret_key=OLD, encryption_key="second")).open(1, "slack", anew)
