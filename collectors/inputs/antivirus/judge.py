"""Several products to one verdict.

A device is protected when one product is on and current, whatever the others do: products stand down beside each
other by design. It is unprotected only when every source was read and none protects; else it is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from collectors.inputs.antivirus import wording
from collectors.inputs.antivirus.product import Findings, Mode, Policy, Product
from collectors.verdict import State, Verdict

_NOT_PROTECTING = {
    Mode.OFF: "off",
    Mode.SNOOZED: "snoozed",
    Mode.EXPIRED: "expired",
    Mode.PASSIVE: "passive_only",
    Mode.EDR_BLOCK: "passive_only",
    Mode.UNKNOWN: "state_unknown",
}
_ORDER = (State.OK, State.UNKNOWN, State.BAD)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is judged of a device.

    Attributes:
        device: the one verdict.
        active: the product that the verdict speaks of; None if there is none.
        products: every product with its own verdict.
    """

    device: Verdict
    active: Product | None
    products: tuple[tuple[Product, Verdict], ...]


def judge(findings: Findings, policy: Policy) -> Judgement:
    """Return the verdict for the device and for each product on it."""
    each = [(product, judge_alone(product, policy)) for product in _unique(findings.products)]
    protecting = [pair for pair in each if pair[0].enabled]
    if protecting:
        active, device = _best(protecting)
        return Judgement(device, active, tuple(_beside(pair, active, device) for pair in each))
    if findings.unread:
        return Judgement(wording.unreadable(findings.unread), None, tuple(each))
    if not each:
        return Judgement(wording.verdict("none_found", policy.none_found), None, ())
    # No product is on: one whose state is unknown may be the one that protects.
    undecided = [pair for pair in each if pair[0].enabled is None]
    active, device = _best(undecided or each)
    return Judgement(device, active, tuple(each))


def judge_alone(product: Product, policy: Policy) -> Verdict:
    """Return the verdict for a product as if it were the only one on the device."""
    code = _NOT_PROTECTING.get(product.mode)
    if code:
        return wording.verdict(code, name=product.name)
    if product.realtime is False and product.mode is not Mode.ON_DEMAND:
        return wording.verdict("realtime_off", name=product.name)
    age, limit = product.definitions_age_days, policy.definitions_max_age_days
    if product.needs_definitions:
        if age is not None and age > limit:
            return wording.verdict("definitions_old", name=product.name, age=f"{age:.0f}", limit=f"{limit:g}")
        if product.up_to_date is False:
            return wording.verdict("definitions_stale", name=product.name)
        if age is None and product.up_to_date is None:
            return wording.verdict("definitions_unknown", name=product.name)
    on_demand = product.mode is Mode.ON_DEMAND
    return wording.verdict("protected_on_demand" if on_demand else "protected", name=product.name)


def _unique(products: Sequence[Product]) -> list[Product]:
    """Return one product a name: an update often leaves a second, dead registration behind, so the live one."""
    found: dict[str, Product] = {}
    for product in products:
        known = found.setdefault(product.name, product)
        if product.enabled and not known.enabled:
            found[product.name] = product
    return list(found.values())


def _best(pairs: Sequence[tuple[Product, Verdict]]) -> tuple[Product, Verdict]:
    return min(pairs, key=lambda pair: _ORDER.index(pair[1].state))


def _beside(pair: tuple[Product, Verdict], active: Product, device: Verdict) -> tuple[Product, Verdict]:
    """A product that is not on is in order where another one protects."""
    product, own = pair
    if device.state is not State.OK or product is active or product.enabled:
        return product, own
    if product.enabled is None:
        return product, own
    return product, wording.verdict("stood_down", name=product.name, other=active.name)
