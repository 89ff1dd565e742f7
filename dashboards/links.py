"""Addresses within Grafana: from the overview to what is behind it."""

from dashboards.uids import DEVICE


def device_link() -> str:
    """Return the address of a row's device."""
    return f"/d/{DEVICE}?var-device=${{__data.fields.host}}&${{__url_time_range}}"


def board_link(uid: str) -> str:
    """Return the address of another dashboard, with the range at hand."""
    return f"/d/{uid}?${{__url_time_range}}"


def asset_link(uid: str) -> str:
    """Return the address of another dashboard that shows a row's equipment."""
    return f"/d/{uid}?var-asset=${{__data.fields.asset}}&${{__url_time_range}}"
