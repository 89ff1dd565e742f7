"""Checks of entered settings that several kinds share. They look no name up: sending does, every time."""

import ipaddress
from collections.abc import Sequence

from api.channels.fields import InvalidSettings
from api.channels.guard import Forbidden, Guard, IpAddress, is_public
from api.channels.http import InvalidUrl, read_url
from collectors.text import Text


def check_url(url: str, guard: Guard, field: str = "url", hosts: Sequence[str] = ()) -> None:
    """Refuse a URL that could never be sent to.

    Args:
        url: as entered.
        guard: says what is allowed besides public addresses.
        field: its name in the settings.
        hosts: the service's own hosts, for services that have one for all; those that are allowed by name pass too.

    Raises:
        InvalidSettings: it cannot be used.
    """
    try:
        read = read_url(url)
    except InvalidUrl as error:
        raise InvalidSettings(_of(field, error.text), field) from None
    check_host(read.host, guard, field)
    is_named = guard.allowance.names(read.host)
    if hosts and read.host not in hosts and not is_named:
        raise InvalidSettings(
            _of(
                field,
                Text(
                    f"https://{hosts[0]}/ で始まるURLを貼り付けてください",
                    f"paste the URL that begins with https://{hosts[0]}/",
                ),
            ),
            field,
        )
    if not read.is_secure and not (is_named or guard.allowance.networks):
        raise InvalidSettings(
            _of(
                field,
                Text(
                    "https:// のURLにしてください（社内のサーバーなら KARTE_CHANNEL_ALLOW に加えてください）",
                    "use a URL with https://; a server of your own can be added to KARTE_CHANNEL_ALLOW",
                ),
            ),
            field,
        )


def check_host(host: str, guard: Guard, field: str) -> None:
    """Refuse an address, in place of a name, that is not public and not allowed.

    Args:
        host: name or address.
        guard: says what is allowed besides public addresses.
        field: its name in the settings.

    Raises:
        InvalidSettings: it is such an address.
    """
    address = _address(host)
    if address is None or is_public(address) or guard.allowance.names(host) or guard.allowance.holds(address):
        return
    try:
        guard.targets(host, 0)
    except Forbidden as error:
        raise InvalidSettings(_of(field, error.text), field) from None


def _address(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _of(field: str, text: Text) -> Text:
    return Text(f"{field}: {text.ja}", f"{field}: {text.en}")
