"""Which tool wrote a recorded output, by its content; and what it tells."""

from collections.abc import Callable

from collectors.input import BadOutput, Recording
from collectors.inputs.firewall import iptables, managers, netsh, nftables, windows
from collectors.inputs.firewall.judge import judge
from collectors.inputs.firewall.layer import Findings, Layer
from collectors.inputs.firewall.points import to_points
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import read_records
from collectors.windows.registry_export import is_registry_export, read_registry_export

_WHOLE_END = ("\r\n\r\n", "\n\n")


def parse(recording: Recording) -> list[Point]:
    """Return the points of a recorded output.

    Known are: the answer of our own PowerShell script; Get-NetFirewallProfile and FirewallProduct of SecurityCenter2
    as list, table, CSV or JSON; `netsh advfirewall show …`; registry exports of the firewall policy; `ufw status`;
    `firewall-cmd`; `systemctl status`; nftables as JSON or text; `iptables-save`, `-S` and `-L`.

    Raises:
        BadOutput: the output is none of these, is empty, or is damaged.
        NoPermission: the tool refused to answer.
    """
    text = recorded_text(recording)
    return to_points(judge(_findings(text)), {}, recording.now_ns)


def _findings(text: str) -> Findings:
    if powershell.is_document(text, windows.KIND):
        return windows.findings(powershell.read_document(text))
    read = next((read for matches, read in _FORMS if matches(text)), _from_records)
    layers = read(text)
    if not layers:
        raise BadOutput("this is not the output of a firewall tool that is known here")
    return Findings(tuple(layers))


def _from_registry(text: str) -> list[Layer]:
    return windows.registry_profiles(read_registry_export(text), whole=text.endswith(_WHOLE_END))


def _from_records(text: str) -> list[Layer]:
    return windows.merged(read_records(text))


def _one(read: Callable[[str], Layer]) -> Callable[[str], list[Layer]]:
    return lambda text: [read(text)]


_FORMS: tuple[tuple[Callable[[str], bool], Callable[[str], list[Layer]]], ...] = (
    (is_registry_export, _from_registry),
    (nftables.is_json, _one(nftables.read_json)),
    (nftables.is_text, _one(nftables.read_text)),
    (iptables.is_rules, _one(iptables.read_rules)),
    (iptables.is_listing, _one(iptables.read_listing)),
    (managers.is_ufw, _one(managers.read_ufw)),
    (managers.is_unit_status, _one(managers.read_unit_status)),
    (managers.is_firewall_cmd, _one(managers.read_firewall_cmd)),
    (netsh.is_output, netsh.read),
    (lambda text: bool(windows.profile_table(text)), windows.profile_table),
)
