from datetime import timedelta

import pytest

from api.models import ReadToken
from api.models.base import utc_now
from api.plaintext import InvalidText


def test_it_is_good_until_its_end_and_without_one_for_good() -> None:
    now = utc_now()
    assert not ReadToken(label="grafana").expired(now + timedelta(days=9999))
    token = ReadToken(label="grafana", expires_at=now)
    assert token.expired(now)
    assert not token.expired(now - timedelta(seconds=1))


def test_it_ends_sooner_and_never_later() -> None:
    now = utc_now()
    token = ReadToken(label="grafana")
    token.end_by(now + timedelta(hours=2))
    assert token.expires_at == now + timedelta(hours=2)
    token.end_by(now + timedelta(hours=1))
    token.end_by(now + timedelta(hours=3))
    assert token.expires_at == now + timedelta(hours=1)


def test_the_first_revocation_stands() -> None:
    now = utc_now()
    token = ReadToken(label="grafana")
    token.revoke(now)
    token.revoke(now + timedelta(hours=1))
    assert token.revoked_at == now


@pytest.mark.parametrize("label", ["", " ", "x" * 101, "a\x1bb"])
def test_its_label_is_one_line(label: str) -> None:
    with pytest.raises(InvalidText):
        ReadToken(label=label)
    assert ReadToken(label=" 社内の  Grafana ").label == "社内の Grafana"
