"""Evidence of products on Windows: services, processes, installed programs, and where some write their last contact.

The script gets the list of what is known and answers only with what matches it.
"""

import json
from collections.abc import Iterable

from collectors.inputs.service_health.finding import Evidence, Service
from collectors.inputs.service_health.product import LastContact, Product
from collectors.json_text import Record
from collectors.scalar import as_int, as_text
from collectors.text import Text
from collectors.windows import powershell
from collectors.windows.powershell import Document

KIND = "service_health"
_PARTS = ("services", "programs", "processes", "paths")

_BODY = r"""
$known = ConvertFrom-Json @'
%s
'@
function Test-Any([string]$text, $patterns) {
    foreach ($pattern in $patterns) { if ($text -like $pattern) { return $true } }
    $false
}
Read-Part 'services' {
    Get-CimInstance Win32_Service |
        Where-Object { (Test-Any $_.Name $known.services) -or (Test-Any $_.DisplayName $known.words) } |
        ForEach-Object { Get-Plain $_ @('Name', 'DisplayName', 'State') }
}
Read-Part 'programs' {
    foreach ($view in @('', 'WOW6432Node\')) {
        Get-ItemProperty "HKLM:\SOFTWARE\${view}Microsoft\Windows\CurrentVersion\Uninstall\*" `
            -Name DisplayName, DisplayVersion -ErrorAction SilentlyContinue |
            Where-Object { $_.DisplayName -and (Test-Any $_.DisplayName $known.programs) } |
            ForEach-Object { Get-Plain $_ @('DisplayName', 'DisplayVersion') }
    }
}
Read-Part 'processes' {
    Get-Process | Where-Object { $known.processes -contains "$($_.ProcessName).exe" } |
        Select-Object -Unique -Property ProcessName | ForEach-Object { @{ Name = "$($_.ProcessName).exe" } }
}
Read-Part 'paths' {
    foreach ($path in $known.paths) { if (Test-Path -LiteralPath $path) { @{ Path = $path } } }
}
Read-Part 'contacts' {
    foreach ($place in $known.contacts) {
        if ($place.registry) {
            Get-Item "HKLM:\$($place.registry)" -ErrorAction SilentlyContinue | ForEach-Object {
                $value = $_.GetValue($place.value)
                if ($value) { @{ Index = $place.index; Text = [string]$value } }
            }
        } elseif ($place.file -and (Test-Path -LiteralPath $place.file)) {
            Get-Content -LiteralPath $place.file -TotalCount 200 |
                Where-Object { $_ -like "$($place.value)=*" } |
                ForEach-Object { @{ Index = $place.index; Text = $_ } }
        }
    }
}
"""


def contacts(products: Iterable[Product]) -> list[LastContact]:
    """Return all places of last contact, in an order that the script and its reader share."""
    return [each for product in products for each in product.last_contact]


def script(products: tuple[Product, ...]) -> str:
    """Return the script for a list of products."""
    known = {
        "services": sorted({name for each in products for name in each.services.windows}),
        "words": sorted({f"*{words}*" for each in products for words in each.service_display}),
        "programs": sorted({f"*{words}*" for each in products for words in each.programs}),
        "processes": sorted({name for each in products for name in each.processes.windows}),
        "paths": sorted({path for each in products for path in each.paths.windows}),
        "contacts": [
            {"index": at, "registry": each.registry, "file": each.file.windows, "value": each.value}
            for at, each in enumerate(contacts(products))
        ],
    }
    # An apostrophe at the start of a line would end the here-string; JSON on one line holds none there.
    return powershell.script(KIND, _BODY % json.dumps(known, ensure_ascii=True))


def read(document: Document, products: tuple[Product, ...]) -> Evidence:
    """Return what the script's answer shows."""
    items = document.items
    unread = tuple(_failed(document, part) for part in _PARTS if part not in items)
    return Evidence(
        "windows",
        services=tuple(services(items.get("services", []))),
        processes=frozenset(_texts(items.get("processes", []), "name")),
        programs=_versions(items.get("programs", [])),
        paths=frozenset(_texts(items.get("paths", []), "path")),
        contacts=_contacts(items.get("contacts", []), contacts(products)),
        unread=unread,
        whole=not unread,
    )


def services(records: Iterable[Record]) -> Iterable[Service]:
    """Return the services among Win32_Service objects."""
    for record in records:
        name, state = as_text(record.get("name")), as_text(record.get("state", record.get("status")))
        if name and state:
            yield Service(name, as_text(record.get("displayname")) or "", _RUNNING.get(state.lower()))


_RUNNING = {"running": True, "4": True, "stopped": False, "1": False}
"""Words of Win32_Service, which are the same in every language; numbers of ServiceControllerStatus. A service that
starts or stops right now is neither."""


def _versions(records: Iterable[Record]) -> dict[str, str]:
    named = [(as_text(each.get("displayname")), as_text(each.get("displayversion"), 60)) for each in records]
    return {name: version or "" for name, version in named if name}


def _texts(records: Iterable[Record], name: str) -> list[str]:
    return [text for each in records if (text := as_text(each.get(name), 300))]


def _contacts(records: Iterable[Record], places: list[LastContact]) -> dict[LastContact, tuple[str, ...]]:
    found: dict[LastContact, tuple[str, ...]] = {}
    for record in records:
        at, text = as_int(record.get("index")), as_text(record.get("text"))
        if at is not None and 0 <= at < len(places) and text:
            found[places[at]] = (*found.get(places[at], ()), text)
    return found


def _failed(document: Document, part: str) -> Text:
    error = document.errors.get(part, powershell.PartError("no answer", "", None))
    names = {
        "services": Text("サービス", "services"),
        "programs": Text("インストール済みプログラム", "installed programs"),
        "processes": Text("プロセス", "processes"),
        "paths": Text("ファイル", "files"),
    }
    name = names[part]
    return Text(f"{name.ja}を読み取れません（{error.message}）", str(powershell.typed(error, f"the {name.en}")))
