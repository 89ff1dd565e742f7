"""Several firewalls on one device to one verdict.

One that filters is enough: another maker's firewall takes over from Windows', and ufw and firewalld sit on nftables.
"""

from dataclasses import dataclass

from collectors.inputs.firewall import wording
from collectors.inputs.firewall.layer import PROFILES, WINDOWS, Findings, Layer
from collectors.text import Text
from collectors.verdict import State, Verdict

_NO_SOURCE = Text("ファイアウォールを調べる手段がありません", "there is no tool that tells of a firewall")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is judged of a device.

    Attributes:
        device: the one verdict.
        manager: what filters, or should; None if nothing is known of it.
        enabled: whether inbound traffic is filtered; None if that is not known.
        layers: every layer with its own verdict.
    """

    device: Verdict
    manager: str | None
    enabled: bool | None
    layers: tuple[tuple[Layer, Verdict], ...]


def judge(findings: Findings, none_state: State = State.BAD) -> Judgement:
    """Return the verdict for the device and for each layer.

    Args:
        findings: what was read.
        none_state: the state of a device on which nothing filters and nothing was meant to.
    """
    windows = [layer for layer in findings.layers if layer.manager == WINDOWS]
    others = [layer for layer in findings.layers if layer.manager != WINDOWS]
    filtering = [layer for layer in others if layer.enabled and not _lets_all_in(layer)]
    device, name, enabled = _overall(filtering, windows, others, findings, none_state)
    holder = filtering[0].manager if filtering else None
    return Judgement(device, name, enabled, tuple((layer, _alone(layer, holder)) for layer in findings.layers))


def _overall(
    filtering: list[Layer], windows: list[Layer], others: list[Layer], findings: Findings, none_state: State
) -> tuple[Verdict, str | None, bool | None]:
    if filtering:
        name = filtering[0].manager
        return wording.verdict("on", manager=wording.manager(name)), name, True
    if windows:
        device = _windows(windows, findings)
        enabled = device.code == "inbound_allowed" or {State.OK: True, State.BAD: False}.get(device.state)
        return device, WINDOWS, enabled
    device, chosen = _others(others, findings, none_state)
    return device, chosen.manager if chosen else None, chosen.enabled if chosen else None


def _lets_all_in(layer: Layer) -> bool:
    return layer.enabled is True and layer.default_inbound == "allow"


def _windows(layers: list[Layer], findings: Findings) -> Verdict:
    by_name = {layer.profile: layer for layer in layers}
    off = [name for name in PROFILES if name in by_name and by_name[name].enabled is False]
    if off:
        return (
            wording.verdict("service_stopped")
            if findings.stopped
            else wording.verdict("profiles_off", profiles=wording.profiles(off))
        )
    opened = [name for name in PROFILES if name in by_name and _lets_all_in(by_name[name])]
    if opened:
        return wording.verdict("inbound_allowed", manager=wording.manager(WINDOWS))
    unknown = [name for name in PROFILES if name not in by_name or by_name[name].enabled is None]
    if unknown:
        return wording.verdict("partial", profiles=wording.profiles(unknown))
    return wording.verdict("on", manager=wording.manager(WINDOWS))


def _others(layers: list[Layer], findings: Findings, none_state: State) -> tuple[Verdict, Layer | None]:
    """Nothing was seen to filter: it is bad only when everything was read."""
    opened = [layer for layer in layers if _lets_all_in(layer)]
    if opened:
        return wording.verdict("inbound_allowed", manager=wording.manager(opened[0].manager)), opened[0]
    if findings.unread:
        return wording.unreadable(findings.unread), None
    unknown = [layer for layer in layers if layer.enabled is None]
    if unknown:
        return wording.verdict("state_unknown", manager=wording.manager(unknown[0].manager)), unknown[0]
    if not layers:
        return wording.unreadable((_NO_SOURCE,)), None
    first = layers[0]
    if first.default_inbound == "allow":
        return wording.verdict("no_filter", none_state, manager=wording.manager(first.manager)), first
    return wording.verdict("off", manager=wording.manager(first.manager)), first


def _alone(layer: Layer, holder: str | None) -> Verdict:
    """Return a layer's own verdict; one that is off is in order where another one filters."""
    name = wording.manager(layer.manager)
    if layer.enabled is None:
        return wording.verdict("state_unknown", manager=name)
    if layer.enabled:
        return wording.verdict("inbound_allowed" if _lets_all_in(layer) else "on", manager=name)
    if holder:
        return wording.verdict("other_product", manager=wording.manager(holder))
    no_rules = layer.manager != WINDOWS and layer.default_inbound == "allow"
    return wording.verdict("no_filter" if no_rules else "off", manager=name)
