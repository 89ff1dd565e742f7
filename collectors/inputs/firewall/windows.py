"""Firewalls on Windows: one PowerShell script, its answer, and the same objects in other printed forms.

Sources: MSFT_NetFirewallProfile (https://learn.microsoft.com/windows/win32/fwp/wmi/wfascimprov/msft-netfirewallprofile)
for the numbers; [MS-GPFAS] section 2.2.2 for the registry values.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from collectors.inputs.firewall.layer import PROFILES, SYSTEM, WINDOWS, Findings, Layer
from collectors.json_text import Record
from collectors.scalar import as_int, as_text
from collectors.text import Text
from collectors.windows import powershell, security_center
from collectors.windows.powershell import Document
from collectors.windows.registry_export import Values
from collectors.windows.security_center import Switch

KIND = "firewall"

SCRIPT = powershell.script(
    KIND,
    r"""
Read-Part 'os' { Get-Plain (Get-CimInstance Win32_OperatingSystem) @('ProductType') }
Read-Part 'service' { Get-Plain (Get-CimInstance Win32_Service -Filter "Name='mpssvc'") @('Name', 'State') }
Read-Part 'profiles' {
    Get-NetFirewallProfile -PolicyStore ActiveStore |
        ForEach-Object { Get-Plain $_ @('Name', 'Enabled', 'DefaultInboundAction', 'DefaultOutboundAction') }
}
Read-Part 'networks' {
    Get-NetConnectionProfile | ForEach-Object { Get-Plain $_ @('NetworkCategory') }
}
Read-Part 'policies' {
    foreach ($name in @('DomainProfile', 'PrivateProfile', 'StandardProfile', 'PublicProfile')) {
        $path = "HKLM:\SOFTWARE\Policies\Microsoft\WindowsFirewall\$name"
        $key = Get-Item -LiteralPath $path -ErrorAction SilentlyContinue
        if ($key) { @{ Name = $name; EnableFirewall = $key.GetValue('EnableFirewall') } }
    }
}
Read-Part 'products' {
    Get-CimInstance -Namespace root/SecurityCenter2 -ClassName FirewallProduct |
        ForEach-Object { Get-Plain $_ @('displayName', 'productState') }
}
""",
)

_SERVER_TYPES = (2, 3)
_ENABLED = {"true": True, "1": True, "false": False, "0": False}
"""GpoBoolean: False 0, True 1, NotConfigured 2. Not configured says nothing of what is in force."""

_ACTION = {"block": "block", "4": "block", "allow": "allow", "2": "allow"}
_INBOUND = {**_ACTION, "notconfigured": "block", "0": "block"}
_OUTBOUND = {**_ACTION, "notconfigured": "allow", "0": "allow"}
"""Action: NotConfigured 0, Allow 2, Block 4. Not configured means Windows' own default: block in, allow out."""

_REGISTRY_PROFILES = {
    "domainprofile": "domain",
    "standardprofile": "private",
    "privateprofile": "private",
    "publicprofile": "public",
}
_REGISTRY_KEY = re.compile(
    r".*\\(?P<place>FirewallPolicy|WindowsFirewall)\\(?P<profile>(?:Domain|Standard|Private|Public)Profile)",
    re.IGNORECASE,
)
_TABLE_ROW = re.compile(r"(?P<name>Domain|Private|Public)\s+(?P<enabled>True|False|NotConfigured)\b.*", re.IGNORECASE)
_CATEGORIES = {"public": "public", "0": "public", "private": "private", "1": "private"}
_CATEGORIES |= {"domainauthenticated": "domain", "domain": "domain", "2": "domain"}


def findings(document: Document) -> Findings:
    """Return what the script's answer tells, and what could not be read."""
    items = document.items
    unread = [_failed(document, "profiles", "Windows Defender Firewall")] if "profiles" not in items else []
    kind = as_int(items["os"][0].get("producttype")) if items.get("os") else None
    if "products" not in items and kind not in _SERVER_TYPES:
        unread.append(_failed(document, "products", "SecurityCenter2"))
    by_policy = {_REGISTRY_PROFILES.get(_word(each, "name")) for each in items.get("policies", []) if _is_set(each)}
    active = {_CATEGORIES.get(_word(each, "networkcategory")) for each in items.get("networks", [])}
    layers = [
        replace(
            layer,
            managed_by=("gpo" if layer.profile in by_policy else "local") if "policies" in items else None,
            active=layer.profile in active if items.get("networks") else None,
        )
        for layer in profiles(items.get("profiles", []))
    ]
    stopped = any(_word(each, "state") == "stopped" for each in items.get("service", []))
    if stopped:
        layers = [replace(layer, enabled=False) for layer in layers]
    return Findings((*layers, *products(items.get("products", []))), tuple(unread), stopped=stopped)


def is_profile(record: Record) -> bool:
    """Tell whether an object is a firewall profile."""
    return "enabled" in record and _word(record, "name") in PROFILES


def profiles(records: Iterable[Record]) -> list[Layer]:
    """Return the profiles among objects of Get-NetFirewallProfile."""
    return [
        Layer(
            profile=_word(record, "name"),
            manager=WINDOWS,
            enabled=_ENABLED.get(_word(record, "enabled")),
            default_inbound=_INBOUND.get(_word(record, "defaultinboundaction")),
            default_outbound=_OUTBOUND.get(_word(record, "defaultoutboundaction")),
        )
        for record in records
        if is_profile(record)
    ]


def profile_table(text: str) -> list[Layer]:
    """Return the profiles of a `Format-Table Name, Enabled`; empty if the text is no such table."""
    heads = text.lstrip("\ufeff \r\n").split("\n", 1)[0].lower().split()
    if heads[:2] != ["name", "enabled"]:
        return []
    rows = [match for line in text.splitlines() if (match := _TABLE_ROW.fullmatch(line.strip()))]
    return [
        Layer(profile=row["name"].lower(), manager=WINDOWS, enabled=_ENABLED.get(row["enabled"].lower()))
        for row in rows
    ]


def products(records: Iterable[Record]) -> list[Layer]:
    """Return other makers' firewalls that Security Center lists."""
    found: list[Layer] = []
    for product in security_center.read(records):
        enabled = None if product.switch is Switch.UNKNOWN else product.switch is Switch.ON
        found.append(Layer(SYSTEM, product.name, enabled))
    return found


def registry_profiles(keys: Mapping[str, Values], whole: bool) -> list[Layer]:
    """Return the profiles of a registry export; a group policy's value goes before the local one.

    Args:
        keys: values by key path.
        whole: whether the export is known to be complete, so that a value that is absent is Windows' default.
    """
    local: dict[str, Values] = {}
    policy: dict[str, Values] = {}
    for path, values in keys.items():
        found = _REGISTRY_KEY.fullmatch(path)
        if found:
            place = policy if found["place"].lower() == "windowsfirewall" else local
            place.setdefault(_REGISTRY_PROFILES[found["profile"].lower()], {}).update(values)
    return [_registry_layer(name, local.get(name, {}), policy.get(name, {}), whole) for name in {**local, **policy}]


def _registry_layer(profile: str, local: Values, policy: Values, whole: bool) -> Layer:
    values = {**local, **policy}
    by_policy = policy.get("enablefirewall") is not None
    switch = values.get("enablefirewall")
    return Layer(
        profile=profile,
        manager=WINDOWS,
        enabled=bool(switch) if isinstance(switch, int) else None,
        default_inbound=_registry_action(values.get("defaultinboundaction"), "block" if whole else None),
        default_outbound=_registry_action(values.get("defaultoutboundaction"), "allow" if whole else None),
        managed_by="gpo" if by_policy else "local" if switch is not None else None,
    )


def _registry_action(value: int | str | None, default: str | None) -> str | None:
    return default if value is None else {0: "allow", 1: "block"}.get(value) if isinstance(value, int) else None


def _is_set(policy: Record) -> bool:
    return as_int(policy.get("enablefirewall")) is not None


def _word(record: Record, name: str) -> str:
    value = record.get(name)
    number = as_int(value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(number) if number is not None else (as_text(value) or "").lower()


def _failed(document: Document, part: str, what: str) -> Text:
    error = document.errors.get(part)
    if error is None:
        return Text(f"{what} から応答がありません", f"{what} gave no answer")
    return Text(f"{what} を読み取れません（{error.message}）", str(powershell.typed(error, what)))


def merged(records: Sequence[Record]) -> list[Layer]:
    """Return all firewalls among printed objects: profiles and products."""
    return [*profiles(records), *products(each for each in records if security_center.is_product(each))]
