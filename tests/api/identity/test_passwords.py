import time
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from api.identity import passwords
from api.identity.passwords import generate_password, hash_password, needs_rehash, password_matches

RIGHT = "correct horse battery staple"


@pytest.fixture(autouse=True)
def real_cost(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Here the cost matters, which other tests do without."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher())
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._nobodys_hash.cache_clear()


def test_it_stores_argon2id_and_never_the_password() -> None:
    stored = hash_password(RIGHT)
    assert stored.startswith("$argon2id$")
    assert RIGHT not in stored
    assert stored != hash_password(RIGHT)
    assert not needs_rehash(stored)


def test_it_knows_the_right_password_only() -> None:
    stored = hash_password(RIGHT)
    assert password_matches(stored, RIGHT)
    assert not password_matches(stored, RIGHT + " ")
    assert not password_matches(stored, "")
    assert not password_matches("not a hash", RIGHT)
    assert not password_matches(None, RIGHT)


def test_a_long_password_is_not_cut_to_one_that_matches() -> None:
    longest = f"{RIGHT} " * 6 + "and more" * 3
    longest += "z" * (200 - len(longest))
    assert not password_matches(hash_password(longest), longest + "y")


def test_it_would_renew_a_hash_of_weaker_parameters() -> None:
    assert needs_rehash("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ")


def test_an_unknown_person_takes_as_long_as_a_wrong_password() -> None:
    stored = hash_password(RIGHT)
    password_matches(None, "warm up: the first call makes the hash of nobody")

    def fastest(hashed: str | None) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            password_matches(hashed, "wrong password")
            times.append(time.perf_counter() - start)
        return min(times)

    ratio = fastest(None) / fastest(stored)
    assert 1 / 4 < ratio < 4


def test_generated_passwords_differ_and_are_long_enough_to_set() -> None:
    made = {generate_password() for _ in range(50)}
    assert len(made) == 50
    for password in list(made)[:1]:
        assert password_matches(hash_password(password), password)
