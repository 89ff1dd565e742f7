"""Antivirus products on Windows: one PowerShell script, and what its answer tells."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from collectors.inputs.antivirus import defender, known
from collectors.inputs.antivirus.product import Findings, Mode, Policy, Product
from collectors.json_text import Record
from collectors.scalar import as_int, as_text
from collectors.text import Text
from collectors.windows import powershell, security_center
from collectors.windows.powershell import Document

KIND = "antivirus"

_BODY = r"""
Read-Part 'os' { Get-Plain (Get-CimInstance Win32_OperatingSystem) @('ProductType') }
Read-Part 'products' {
    Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct |
        ForEach-Object { Get-Plain $_ @('displayName', 'productState') }
}
Read-Part 'defender' {
    Get-Plain (Get-MpComputerStatus) @(
        'AMRunningMode', 'AMServiceEnabled', 'AntivirusEnabled', 'RealTimeProtectionEnabled', 'IsTamperProtected',
        'AMProductVersion', 'AMEngineVersion', 'AntivirusSignatureVersion', 'AntivirusSignatureAge',
        'AntivirusSignatureLastUpdated', 'DefenderSignaturesOutOfDate', 'FullScanAge', 'QuickScanAge')
}
Read-Part 'services' {
    Get-CimInstance Win32_Service |
        Where-Object { $_.Name -match '<names>' -or $_.DisplayName -match '<shown>' } |
        ForEach-Object { Get-Plain $_ @('Name', 'DisplayName', 'State') }
}
Read-Part 'registry' {
    foreach ($place in @(<places>)) {
        $key = Get-Item -LiteralPath "HKLM:\$($place[0])" -ErrorAction SilentlyContinue
        if ($key) { @{ key = $place[0]; name = $place[1]; value = $key.GetValue($place[1]) } }
    }
}
"""
_DEFENDER_SERVICE = "windefend"
_SERVER_TYPES = (2, 3)
"""Win32_OperatingSystem.ProductType: 1 work station, 2 domain controller, 3 server."""


def script() -> str:
    """Return the PowerShell script that reads all of it."""
    products = known.known_products()
    names = ["WinDefend", *(name for each in products for name in each.services.windows)]
    shown = [part for each in products for part in each.service_display]
    places = [(place.key, value) for each in products for place in each.registry for value in _values(place)]
    body = (
        _BODY.replace("<names>", f"^({'|'.join(_as_pattern(name) for name in names)})$")
        .replace("<shown>", "|".join(_as_pattern(part) for part in shown))
        .replace("<places>", ", ".join(f"@('{key}', '{value}')" for key, value in places))
    )
    return powershell.script(KIND, body)


def findings(document: Document, now_ns: int, policy: Policy) -> Findings:
    """Return the products that the script's answer tells of, and what could not be read."""
    registry = document.items.get("registry", [])
    services = document.items.get("services", [])
    listed = _registered(document.items.get("products", []))
    own, unread = _defender(document, now_ns, policy)
    others = known.by_windows_service(services, registry, now_ns)
    products = [known.enriched(product, registry, now_ns) for product in _merged(listed, own)]
    seen = {entry.name for product in products if (entry := known.named(product.name))}
    products += [product for product in others if product.name not in seen]
    return Findings(tuple(products), tuple(unread + _unread(document)), "windows")


def merged_records(records: Sequence[Record], now_ns: int, policy: Policy) -> list[Product]:
    """Return the products of console output: Security Center's, Defender's own status, or both."""
    statuses = [record for record in records if defender.is_status(record)]
    own = defender.read(statuses[0], now_ns, policy.definitions_max_age_days) if statuses else None
    listed = _registered(record for record in records if not defender.is_status(record))
    return _merged(listed, own)


def _registered(records: Iterable[Record]) -> list[Product]:
    return [Product.of_security_center(each) for each in security_center.read(records)]


def _merged(listed: list[Product], own: Product | None) -> list[Product]:
    """Put Defender's own status in the place of what Security Center says of it, which is coarser and often wrong."""
    if own is None:
        return listed
    for index, product in enumerate(listed):
        if "defender" in product.name.lower():
            if own.mode is Mode.UNKNOWN and own.source == "service":
                # Only that its service runs is known, and Security Center knows more.
                return listed
            merged = replace(own, name=product.name, product_state=product.product_state)
            return [*listed[:index], merged, *listed[index + 1 :]]
    return [*listed, own]


def _defender(document: Document, now_ns: int, policy: Policy) -> tuple[Product | None, list[Text]]:
    """Return Defender and why it could not be read: its status, else what its service tells."""
    status = document.items.get("defender", [])
    if status and defender.is_status(status[0]):
        return defender.read(status[0], now_ns, policy.definitions_max_age_days), []
    if "services" not in document.items:
        return None, [_failed(document, "defender", "Microsoft Defender")]
    states = [
        (as_text(each.get("state")) or "").lower()
        for each in document.items["services"]
        if (as_text(each.get("name")) or "").lower() == _DEFENDER_SERVICE
    ]
    if not states:
        return None, []
    if states[0] == "stopped":
        return Product(defender.NAME, "service", Mode.OFF), []
    return Product(defender.NAME, "service"), [_failed(document, "defender", "Microsoft Defender")]


def _unread(document: Document) -> list[Text]:
    """Return what else could not be read; a server has no Security Center and lacks nothing by that."""
    operating_system = document.items.get("os", [])
    kind = as_int(operating_system[0].get("producttype")) if operating_system else None
    unread = [] if "services" in document.items else [_failed(document, "services", "Win32_Service")]
    if "products" not in document.items and kind not in _SERVER_TYPES:
        unread.append(_failed(document, "products", "SecurityCenter2"))
    return unread


def _failed(document: Document, part: str, what: str) -> Text:
    error = document.errors.get(part)
    if error is None:
        return Text(f"{what} から応答がありません", f"{what} gave no answer")
    return Text(f"{what} を読み取れません（{error.message}）", str(powershell.typed(error, what)))


def _values(place: known.RegistryPlace) -> list[str]:
    definitions = [place.definitions.value] if place.definitions else []
    return [*definitions, *(value for value in (place.version, place.realtime) if value)]


def _as_pattern(name: str) -> str:
    """Return a name as a .NET regular expression inside a single-quoted PowerShell string."""
    escaped = "".join(f"\\{c}" if c in r"\.+?()[]{}^$|" else c for c in name)
    return escaped.replace("*", ".*").replace("'", "''")
