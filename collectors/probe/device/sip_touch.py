"""Whether a telephone system answers over SIP, beside what it tells over SNMP."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from collectors.input import InputError
from collectors.probe.device.judge import device_verdict
from collectors.probe.device.model import Device
from collectors.probe.ping import Pinger
from collectors.probe.reachability.attempts import Asker
from collectors.probe.reachability.check import CheckType, make_check

TIMES: Final = 2
"""SIP over UDP may lose a datagram; its clients ask again after half a second (RFC 3261 section 17.1.2.2)."""

TIMEOUT_S: Final = 2.0

AskSip = Callable[[str], Awaitable[float | None]]
"""Asks a host over SIP; returns the milliseconds to its answer, None if none came."""


async def ask_sip(host: str) -> float | None:
    """Ask a host on SIP's port with OPTIONS, twice at most; see `AskSip`."""
    asker = Asker(_no_pinger)
    check = make_check("", CheckType.SIP, f"[{host}]" if ":" in host else host, "", 1, TIMEOUT_S)
    for _ in range(TIMES):
        attempt = await asker.attempt(check)
        if attempt.failure is None:
            return attempt.time_ms
    return None


def _no_pinger() -> Pinger:
    raise InputError("SIP is asked without ping")


def with_sip(device: Device, response_ms: float | None, answered_before: bool) -> Device:
    """Return a device with what SIP told.

    Many answer nobody but their own phones, so silence tells something only of one that has answered before.
    """
    told = {"sip_reachable": True, "sip_response_ms": response_ms} if response_ms is not None else {}
    silent = {"sip_reachable": False} if response_ms is None and answered_before else {}
    pbx = {**device.pbx, **told, **silent}
    return replace(device, pbx=pbx, verdict=device_verdict(device.parts, device.ups, pbx))
