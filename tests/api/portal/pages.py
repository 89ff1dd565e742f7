"""Which pages the portal has, as the application itself says."""

from flask import Flask

from tests.api.portal.furnished import Furnished

_VIEWS = ("portal_",)


def addresses(app: Flask, furnished: Furnished, method: str, *, staff: bool | None = None) -> list[str]:
    """Return the addresses of all pages or forms of the portal, for one contract.

    Args:
        app: the service.
        furnished: the contract that stands in them.
        method: "GET" or "POST".
        staff: only those of the staff, or only the others; None for all.
    """
    values = {
        "contract_id": furnished.id,
        "notice_id": furnished.notice,
        "option_id": furnished.option,
        "user_id": furnished.person,
        "licence_id": furnished.licence,
        "transfer_id": "tr-none",
    }
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(_VIEWS) or method not in (rule.methods or set()):
            continue
        if staff is not None and rule.endpoint.startswith("portal_staff_") is not staff:
            continue
        address = rule.rule
        for name in rule.arguments:
            address = address.replace(f"<{name}>", values[name])
        found.append(address)
    assert found
    return sorted(found)
