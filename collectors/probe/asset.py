"""Who a device is: one id for its life, whatever address it has today."""

import re
from typing import Final

_PLACEHOLDER: Final = re.compile(
    r"0+|[xX]+|[fF]+|[-.*?]+|<.*>|n/?a|none|null|unknown|default|serial ?(number|no\.?)?|0123456789|1234567890?",
    re.IGNORECASE,
)


def real_serial(text: str) -> str:
    """Return a serial number, or "" for what devices say in place of one (zeros, `N/A`, `unknown`)."""
    stripped = text.strip()
    return "" if len(stripped) < 3 or _PLACEHOLDER.fullmatch(stripped) else stripped


def asset_id(serial: str, mac: str, engine_id: bytes, address: str) -> str:
    """Return an id that is unique within a contract and outlives an address change where the device allows it.

    Args:
        serial: maker's serial number; "" if not told.
        mac: hardware address `00:11:22:aa:bb:cc`; "" if not told.
        engine_id: snmpEngineID (RFC 3411); empty if not told.
        address: host, or host and port, that was asked: the last resort.
    """
    return real_serial(serial) or mac or engine_id.hex() or address
