"""Products and verdicts to points."""

from collections.abc import Mapping
from datetime import date

from collectors.inputs.antivirus.declaration import DEVICE, PRODUCT
from collectors.inputs.antivirus.judge import judge
from collectors.inputs.antivirus.product import Findings, Policy, Product
from collectors.point import FieldValue, Point

_MAX_PRODUCTS = 32
"""More is a fault of the source, and each would be a series of its own."""


def to_points(findings: Findings, policy: Policy) -> list[Point]:
    """Return the device's point, then one a product."""
    judged = judge(findings, policy)
    active = judged.active
    names = [product.name for product, _ in judged.products]
    device: Mapping[str, FieldValue | date | None] = {
        **judged.device.fields(),
        # Sources that could not be read may hide products, so the count is then not known.
        "products": None if findings.unread else len(names),
        "product_names": ", ".join(names[:_MAX_PRODUCTS]) or None,
        "active_product": active.name if active and active.enabled else None,
        **(_shared(active) if active else {"enabled": False if not (names or findings.unread) else None}),
    }
    products = [
        Point(
            PRODUCT.name, {"product": product.name}, _known({**verdict.fields(), **_own(product), **_shared(product)})
        )
        for product, verdict in judged.products[:_MAX_PRODUCTS]
    ]
    return [Point(DEVICE.name, {}, _known(device)), *products]


def _shared(product: Product) -> dict[str, FieldValue | date | None]:
    return {
        "enabled": product.enabled,
        "realtime": product.realtime,
        "up_to_date": product.up_to_date,
        "definitions_version": product.definitions_version,
        "definitions_age_days": product.definitions_age_days,
        "full_scan_age_days": product.full_scan_age_days,
        "full_scan_never": product.full_scan_never,
    }


def _own(product: Product) -> dict[str, FieldValue | date | None]:
    return {
        "source": product.source,
        "mode": str(product.mode),
        "tamper_protection": product.tamper_protection,
        "version": product.version,
        "engine_version": product.engine_version,
        "definitions_date": product.definitions_date,
        "quick_scan_age_days": product.quick_scan_age_days,
        "licence_end_date": product.licence_end,
        "product_state": product.product_state,
    }


def _known(values: Mapping[str, FieldValue | date | None]) -> dict[str, FieldValue]:
    """Return the values that are known; a date as YYYY-MM-DD."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value is not None
    }
