"""The table of dashboards. A new one is one module and one line here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders.dashboard import Dashboard

from collectors.text import Lang
from dashboards import uids
from dashboards.boards import (
    assets,
    consumables,
    contract,
    device,
    fleet,
    history,
    network,
    overview,
    rules,
    security,
    servers,
    service,
)

Audience = Literal["customer", "staff"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A dashboard.

    Attributes:
        name: of its file.
        uid: its stable id.
        audience: whose organisations it is in; staff have the customers' as well.
        build: makes it in a language.
    """

    name: str
    uid: str
    audience: Audience
    build: Callable[[Lang], Dashboard]


BOARDS: tuple[Entry, ...] = (
    Entry("overview", uids.OVERVIEW, "customer", overview.build),
    Entry("security", uids.SECURITY, "customer", security.build),
    Entry("device", uids.DEVICE, "customer", device.build),
    Entry("servers", uids.SERVERS, "customer", servers.build),
    Entry("consumables", uids.CONSUMABLES, "customer", consumables.build),
    Entry("network", uids.NETWORK, "customer", network.build),
    Entry("assets", uids.ASSETS, "customer", assets.build),
    Entry("history", uids.HISTORY, "customer", history.build),
    Entry("fleet", uids.FLEET, "staff", fleet.build),
    Entry("contract", uids.CONTRACT, "staff", contract.build),
    Entry("service", uids.SERVICE, "staff", service.build),
    Entry("rules", uids.RULES, "staff", rules.build),
)

HOME = uids.OVERVIEW
"""What a customer's organisation opens with."""
