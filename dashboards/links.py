"""Addresses within Grafana: from the overview to what is behind it."""

from collectors.text import Lang
from dashboards.uids import DEVICE

SERVICE = "karte_url"
"""Name of the constant that holds the address of this service on a page that links to it."""

SERVICE_DEFAULT = "http://127.0.0.1:8100"
"""What it holds in the committed JSON: where the service runs that is not told otherwise."""


def device_link() -> str:
    """Return the address of a row's device."""
    return f"/d/{DEVICE}?var-device=${{__data.fields.host}}&${{__url_time_range}}"


def board_link(uid: str) -> str:
    """Return the address of another dashboard, with the range at hand."""
    return f"/d/{uid}?${{__url_time_range}}"


def asset_link(uid: str) -> str:
    """Return the address of another dashboard that shows a row's equipment."""
    return f"/d/{uid}?var-asset=${{__data.fields.asset}}&${{__url_time_range}}"


def advice_link(lang: Lang) -> str:
    """Return the address of the page of advice that a cell names."""
    return f"${{{SERVICE}}}/advice/${{__value.raw}}?lang={lang}"
