"""Who a diagnosis is about: target devices, equipment, sites, and how a finding's tags lead to them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from api.analysis.month import Month
from api.analysis.naming import natural
from api.analysis.tree import Subject
from api.reports.inputs import RegisteredDevice, ReportInputs

CONTRACT_KIND, SITE_KIND, PROBE_KIND, PRINTER_KIND = "contract", "site", "probe", "printer"


@dataclass(frozen=True, slots=True)
class Roster:
    """All subjects of a contract.

    Attributes:
        devices: target devices at the period's end, as the contract lists them.
        equipment: printers and what else probes watch, by name; each asset once.
        contract: the contract as a whole.
        known: id -> subject, also of sites, probes, devices that left, and things on the LAN that nobody watches.
        left: ids of devices that left within the period.
        targets: ids of all target devices of the period.
    """

    devices: tuple[Subject, ...]
    equipment: tuple[Subject, ...]
    contract: Subject
    known: Mapping[str, Subject]
    left: frozenset[str]
    targets: frozenset[str]

    def of(self, tags: Mapping[str, str]) -> Subject:
        """Return whom a finding is about, by its tags."""
        if asset := tags.get("asset"):
            return self.known.get(asset) or Subject(asset, asset, "unknown", self._site(tags))
        if device := tags.get("device"):
            return self.known.get(device) or Subject(device, tags.get("host") or device, "unknown", self._site(tags))
        if site := tags.get("site"):
            return self.known.get(site) or Subject(site, site, SITE_KIND)
        return self.contract

    def subject(self, device_id: str) -> Subject:
        """Return a subject by its id; one of that name where it is not known."""
        return self.known.get(device_id) or Subject(device_id, device_id, "unknown")

    def is_strange(self, tags: Mapping[str, str]) -> bool:
        """Tell whether a finding is about a device that is none of the contract's any more."""
        device = tags.get("device")
        return device is not None and "asset" not in tags and (device not in self.known or device in self.left)

    def with_data(self, month: Month) -> "Roster":
        """Return the roster with only those devices and equipment of which something is known of a month."""
        heard = {*month.devices, *month.printers, *month.equipment}
        return replace(
            self,
            devices=tuple(each for each in self.devices if each.id in heard),
            equipment=tuple(each for each in self.equipment if each.id in heard),
        )

    def _site(self, tags: Mapping[str, str]) -> str:
        site = self.known.get(tags.get("site", ""))
        return site.name if site else ""


def roster_of(inputs: ReportInputs) -> Roster:
    """Return all subjects of a contract."""
    facts = inputs.contract
    devices = tuple(map(_device, facts.devices))
    equipment = _equipment(inputs)
    contract = Subject(facts.id, facts.name, CONTRACT_KIND)
    others = [
        *(Subject(each.asset, each.name, each.kind) for each in inputs.assets.assets),
        *(Subject(each.asset, each.name, each.kind) for each in inputs.assets.events.events),
        *(Subject(site, name, SITE_KIND, name) for site, name in facts.sites.items()),
        *map(_device, facts.probes),
        *map(_device, facts.left),
    ]
    known = {each.id: each for each in (*others, *equipment, *devices, contract)}
    staying = {each.id for each in devices}
    return Roster(
        devices=devices,
        equipment=equipment,
        contract=contract,
        known=known,
        left=frozenset(each.id for each in facts.left) - staying,
        targets=frozenset(each.id for each in devices),
    )


def _device(facts: RegisteredDevice) -> Subject:
    return Subject(facts.id, facts.name, facts.kind, facts.site)


def _equipment(inputs: ReportInputs) -> tuple[Subject, ...]:
    sites = inputs.contract.sites
    found = {each.asset: Subject(each.asset, each.name, PRINTER_KIND) for each in inputs.reading.printers}
    for each in inputs.equipment:
        if each.asset not in found:
            found[each.asset] = Subject(each.asset, each.name, each.kind, sites.get(each.site, ""))
    return tuple(sorted(found.values(), key=lambda subject: (natural(subject.name), subject.id)))
