"""Software on Windows: one PowerShell script that reads the Uninstall keys, and registry exports of them.

Per user the script sees the settings of users who are signed in. Those of others lie in files of their own, and
loading these would get in the way of their sign-in, so what such users had in the last list stays in it.
"""

import re
from collections.abc import Mapping

from collectors.input import BadOutput
from collectors.inputs.software import uninstall
from collectors.inputs.software.lines import CUT
from collectors.inputs.software.reading import Part, Reading
from collectors.inputs.software.uninstall import MACHINE, USER
from collectors.inventory import SoftwareItem
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text
from collectors.text import Text
from collectors.windows import powershell
from collectors.windows.powershell import Document
from collectors.windows.registry_export import Values

KIND = "software"
STORE = "store"

_BODY = r"""
$hive = [Microsoft.Win32.RegistryHive]
$view = [Microsoft.Win32.RegistryView]
$is64 = [Environment]::Is64BitOperatingSystem
$main = if ($is64) { $view::Registry64 } else { $view::Registry32 }
$uninstall = 'Microsoft\Windows\CurrentVersion\Uninstall'
$denied = 0
$person = '^S-1-(5-21|12-1)-[\d-]+$'
$names = @('DisplayName', 'DisplayVersion', 'Publisher', 'InstallDate', 'EstimatedSize', 'SystemComponent',
    'ParentKeyName', 'ParentDisplayName', 'ReleaseType')
function Read-Uninstall($root, [string]$path) {
    $top = $root.OpenSubKey($path)
    if ($null -eq $top) { return }
    foreach ($name in $top.GetSubKeyNames()) {
        $key = $null
        try { $key = $top.OpenSubKey($name) } catch { $script:denied++ }
        if ($null -eq $key) { continue }
        $plain = @{ Key = $name }
        foreach ($each in $names) {
            $value = $key.GetValue($each)
            if ($null -ne $value) { $plain[$each] = [string]$value }
        }
        $key.Close()
        if ($plain.ContainsKey('DisplayName')) { $plain }
    }
    $top.Close()
}
function Open-Machine($chosen) { [Microsoft.Win32.RegistryKey]::OpenBaseKey($hive::LocalMachine, $chosen) }
Read-Part 'system' {
    @{ Is64 = $is64; Processor = (Get-CimInstance Win32_Processor | Select-Object -First 1).Architecture }
}
Read-Part 'machine' { Read-Uninstall (Open-Machine $main) "SOFTWARE\$uninstall" }
Read-Part 'machine32' {
    if ($is64) { Read-Uninstall (Open-Machine ($view::Registry32)) "SOFTWARE\$uninstall" }
}
Read-Part 'users' {
    $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey($hive::Users, $main)
    foreach ($sid in @($root.GetSubKeyNames() | Where-Object { $_ -match $person })) {
        Read-Uninstall $root "$sid\Software\$uninstall"
        Read-Uninstall $root "$sid\Software\Wow6432Node\$uninstall"
    }
}
Read-Part 'profiles' {
    $list = (Open-Machine $main).OpenSubKey('SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList')
    $all = @($list.GetSubKeyNames() | Where-Object { $_ -match $person })
    $here = [Microsoft.Win32.RegistryKey]::OpenBaseKey($hive::Users, $main).GetSubKeyNames()
    @{ All = $all.Count; Loaded = @($all | Where-Object { $here -contains $_ }).Count }
}
Read-Part 'denied' { @{ Count = $script:denied } }
"""
_STORE = r"""
Read-Part 'store' {
    Get-AppxPackage -AllUsers | Where-Object { -not $_.IsFramework -and [string]$_.SignatureKind -ne 'System' } |
        ForEach-Object {
            $architecture = [string]$_.Architecture
            @{ Name = $_.Name; Version = [string]$_.Version; Publisher = $_.PublisherId; Architecture = $architecture }
        }
}
"""

_PROCESSOR_X64 = 9
"""Win32_Processor.Architecture: 9 is x64; on ARM64 (12) the main view holds programs of several architectures."""

_PARTS: Mapping[str, Part] = {
    "machine": (uninstall.SOURCE, MACHINE),
    "machine32": (uninstall.SOURCE, MACHINE),
    "users": (uninstall.SOURCE, USER),
    "store": (STORE, MACHINE),
}
_PATH = re.compile(
    r"HKEY_(?P<hive>LOCAL_MACHINE|CURRENT_USER|USERS\\[^\\]+)\\Software\\(?P<wow>Wow6432Node\\)?"
    r"Microsoft\\Windows\\CurrentVersion\\Uninstall\\(?P<key>[^\\]+)",
    re.IGNORECASE,
)
_ANY_PATH = re.compile(r"\\CurrentVersion\\Uninstall(?:\\|$)", re.IGNORECASE)


def script(with_store: bool) -> str:
    """Return the script; packages of the Store are asked for where they are wanted."""
    return powershell.script(KIND, _BODY + (_STORE if with_store else ""))


def reading(document: Document, now_ns: int) -> Reading:
    """Return what the script's answer tells.

    Raises:
        BadOutput: the answer holds no list at all.
    """
    entries = {part: document.items[part] for part in _PARTS if part in document.items}
    if not entries and not any(part in document.errors for part in _PARTS):
        raise BadOutput("the answer of PowerShell lists no software")
    dates = uninstall.dates_of((each for listed in entries.values() for each in listed), now_ns)
    native = _native(document)
    items: list[SoftwareItem] = []
    for part, listed in entries.items():
        source, scope = _PARTS[part]
        arch = "x86" if part == "machine32" else native if part == "machine" else ""
        items += uninstall.items_of(listed, arch, scope, dates, source)
    missing = [part for part in _PARTS if part in document.errors]
    unseen = {_PARTS[part] for part in missing} | ({_PARTS["users"]} if _has_absent_users(document) else set())
    unread = [_why(document, part) for part in missing]
    denied = as_int(_first(document, "denied").get("count")) or 0
    if denied:
        unread.append(Text(f"{denied} 件の項目を読む権限がありません", f"no permission to read {denied} entries"))
        unseen |= {_PARTS["machine"], _PARTS["users"]}
    return Reading(tuple(items), uninstall.SOURCE, tuple(unread), frozenset(unseen))


def reading_of_export(keys: Mapping[str, Values], is_whole: bool, now_ns: int) -> Reading:
    """Return what a registry export tells.

    Raises:
        BadOutput: it holds no Uninstall key.
    """
    if not any(_ANY_PATH.search(path) for path in keys):
        raise BadOutput("the registry export holds no Uninstall key")
    found = [
        (match, {**values, "key": match["key"]}) for path, values in keys.items() if (match := _PATH.fullmatch(path))
    ]
    dates = uninstall.dates_of((entry for _match, entry in found), now_ns)
    native = "x64" if any(match["wow"] for match, _entry in found) else ""
    items: list[SoftwareItem] = []
    for match, entry in found:
        scope = MACHINE if match["hive"].upper() == "LOCAL_MACHINE" else USER
        arch = "x86" if match["wow"] else native if scope == MACHINE else ""
        items += uninstall.items_of([entry], arch, scope, dates)
    return Reading(tuple(items), uninstall.SOURCE, () if is_whole else (CUT,))


def _first(document: Document, part: str) -> Record:
    return next(iter(document.items.get(part, [])), {})


def _native(document: Document) -> str:
    system = _first(document, "system")
    if as_bool(system.get("is64")) is False:
        return "x86"
    return "x64" if as_int(system.get("processor")) == _PROCESSOR_X64 else ""


def _has_absent_users(document: Document) -> bool:
    profiles = _first(document, "profiles")
    known, loaded = as_int(profiles.get("all")), as_int(profiles.get("loaded"))
    return known is None or loaded is None or loaded < known


def _why(document: Document, part: str) -> Text:
    error = document.errors[part]
    told = as_text(error.message) or "?"
    return Text(f"{part} を読み取れません（{told}）", str(powershell.typed(error, part)))
