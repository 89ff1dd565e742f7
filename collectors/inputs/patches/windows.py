"""Updates on Windows: one PowerShell script that asks the Windows Update Agent, and what its answer tells.

Source: https://learn.microsoft.com/windows/win32/wua_sdk/ (IUpdateSearcher, IUpdate, IAutomaticUpdatesResults).
Category names are localised, so categories are told by their ID.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from collectors.inputs.patches import hotfixes
from collectors.inputs.patches.facts import Facts, Hotfix, OperatingSystem, Update
from collectors.inputs.patches.os_support import edition_of, windows_support
from collectors.json_text import Record
from collectors.scalar import as_bool, as_int, as_text
from collectors.text import Text
from collectors.windows import powershell
from collectors.windows.dates import read_instant
from collectors.windows.powershell import Document, PartError

KIND = "patches"

SCRIPT = powershell.script(
    KIND,
    r"""
$invariant = [Globalization.CultureInfo]::InvariantCulture
Read-Part 'os' {
    $key = Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    Get-Plain $key @('CurrentBuild', 'UBR', 'DisplayVersion', 'ReleaseId', 'EditionID', 'InstallationType')
}
Read-Part 'caption' { Get-Plain (Get-CimInstance Win32_OperatingSystem) @('Caption') }
Read-Part 'reboot' {
    $windows = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion'
    @{
        update = Test-Path -LiteralPath "$windows\WindowsUpdate\Auto Update\RebootRequired"
        servicing = Test-Path -LiteralPath "$windows\Component Based Servicing\RebootPending"
    }
}
Read-Part 'hotfixes' {
    Get-CimInstance Win32_QuickFixEngineering | ForEach-Object {
        $on = $_.InstalledOn
        if ($on -is [datetime]) { $on = $on.ToString('yyyy-MM-dd', $invariant) }
        @{ HotFixID = $_.HotFixID; Description = $_.Description; InstalledOn = [string]$on }
    }
}
Read-Part 'checked' {
    # The agent gives UTC without saying so.
    $last = (New-Object -ComObject Microsoft.Update.AutoUpdate).Results.LastSearchSuccessDate
    if ($last) { @{ Date = [datetime]::SpecifyKind($last, 'Utc').ToString('o') } }
}
Read-Part 'history' {
    $searcher = (New-Object -ComObject Microsoft.Update.Session).CreateUpdateSearcher()
    $count = [Math]::Min($searcher.GetTotalHistoryCount(), 500)
    if ($count -gt 0) {
        # Operation 1 is an installation, result 2 a success. Definitions come daily and say nothing of Windows.
        $searcher.QueryHistory(0, $count) |
            Where-Object { $_.Operation -eq 1 -and $_.ResultCode -eq 2 -and $_.Title -notmatch '<definitions>' } |
            Select-Object -First 20 |
            ForEach-Object { @{ Title = $_.Title; Date = [datetime]::SpecifyKind($_.Date, 'Utc').ToString('o') } }
    }
}
Read-Part 'extension' {
    $query = "PartialProductKey IS NOT NULL AND Name LIKE '%ESU%'"
    Get-CimInstance SoftwareLicensingProduct -Filter $query | ForEach-Object { Get-Plain $_ @('Name', 'LicenseStatus') }
}
Read-Part 'search' {
    $session = New-Object -ComObject Microsoft.Update.Session
    $session.ClientApplicationID = 'Office Karte'
    $result = $session.CreateUpdateSearcher().Search('IsInstalled=0 and IsHidden=0')
    @{ ResultCode = $result.ResultCode; Count = $result.Updates.Count }
    foreach ($update in $result.Updates) {
        @{
            Title = $update.Title
            Severity = $update.MsrcSeverity
            Categories = (@($update.Categories | ForEach-Object { $_.CategoryID }) -join ' ')
            Released = $update.LastDeploymentChangeTime.ToString('yyyy-MM-dd', $invariant)
            Optional = [bool]$update.BrowseOnly
        }
    }
}
""".replace("<definitions>", "KB2267602|KB915597|KB2310138|KB4052623"),
)

_SECURITY = "0fa1201d-4330-4fa8-8ae9-b877473b6441"
_CRITICAL = "e6cf1350-c01b-414d-a61f-263d14d133b4"
_DEFINITIONS = "e0789628-ce08-4437-be74-2495b842f43b"
"""Classification IDs of Windows Update: Security Updates, Critical Updates, Definition Updates.

Source: https://learn.microsoft.com/previous-versions/windows/desktop/ff357803(v=vs.85)
"""

_SUCCEEDED, _SUCCEEDED_WITH_ERRORS = 2, 3
"""OperationResultCode of the Windows Update Agent."""

_LICENSED = 1
_ERRORS = {
    0x8024002E: Text("Windows Update が管理者により無効です", "Windows Update is disabled by policy"),
    0x80070422: Text("Windows Update サービスが無効です", "the Windows Update service is disabled"),
    0x8024402C: Text("更新サーバーに接続できません（名前解決）", "the update server's name cannot be resolved"),
    0x80072EE2: Text("更新サーバーが応答しません", "the update server does not answer"),
    0x8024401C: Text("更新サーバーが時間内に応答しません", "the update server did not answer in time"),
    0x80240438: Text("更新サーバーに接続できません", "the update server cannot be reached"),
}


def facts(document: Document, now_ns: int) -> Facts:
    """Return what the script's answer tells, and what could not be read."""
    items = document.items
    search = items.get("search", [])
    code = as_int(search[0].get("resultcode")) if search else None
    pending = _pending(search[1:]) if code in (_SUCCEEDED, _SUCCEEDED_WITH_ERRORS) else None
    whole = code == _SUCCEEDED and as_int(search[0].get("count")) == len(search) - 1
    installed = hotfixes.read_records(items["hotfixes"], now_ns).hotfixes if "hotfixes" in items else None
    success = [found for each in items.get("history", []) if (found := _time(each.get("date")))]
    checked = items.get("checked", [])
    now = datetime.fromtimestamp(now_ns // 10**9, UTC)
    return Facts(
        "windows_update",
        pending=pending,
        partial=not whole,
        monthly=True,
        last_success=max((*success, *_newest(installed)), default=None),
        last_check=now if whole else _time(checked[0].get("date")) if checked else None,
        reboot_required=_reboot(items.get("reboot", [])),
        hotfixes=installed,
        system=_system(document),
        unread=() if pending is not None else (_why(document.errors.get("search")),),
    )


def _pending(updates: Iterable[Record]) -> tuple[Update, ...]:
    """Return the offered updates; definitions are the antivirus input's matter, optional ones are offers."""
    found: list[Update] = []
    for each in updates:
        categories = (as_text(each.get("categories"), limit=2000) or "").lower()
        if _DEFINITIONS in categories:
            continue
        optional = as_bool(each.get("optional")) is True
        rated = bool(as_text(each.get("severity"))) or _SECURITY in categories or _CRITICAL in categories
        title = as_text(each.get("title")) or "?"
        found.append(Update(title, rated and not optional, _day(each.get("released"))))
    return tuple(found)


def _newest(installed: tuple[Hotfix, ...] | None) -> list[datetime]:
    found = hotfixes.newest(installed or ())
    return [datetime.combine(found[0], time(), UTC)] if found else []


def _reboot(marks: list[Record]) -> bool | None:
    if not marks:
        return None
    found = [as_bool(marks[0].get("update")), as_bool(marks[0].get("servicing"))]
    return True if True in found else None if None in found else False


def _system(document: Document) -> OperatingSystem:
    version = document.items["os"][0] if document.items.get("os") else {}
    caption = document.items["caption"][0].get("caption") if document.items.get("caption") else None
    name = (as_text(caption, limit=100) or "").removeprefix("Microsoft").strip() or None
    build, revision = as_int(version.get("currentbuild")), as_int(version.get("ubr"))
    kind = as_text(version.get("installationtype")) or ""
    edition = "server" if "server" in kind.lower() else edition_of(as_text(version.get("editionid")) or name or "")
    return OperatingSystem(
        name,
        None if build is None else f"{build}.{revision}" if revision is not None else str(build),
        None if build is None else windows_support(build, edition),
        _has_extension(document),
    )


def operating_system(record: Record) -> OperatingSystem | None:
    """Return the system that a Win32_OperatingSystem or Get-ComputerInfo names; None for other objects."""
    name = as_text(record.get("caption") or record.get("osname"), limit=100)
    build = as_int(record.get("buildnumber") or record.get("osbuildnumber"))
    if name is None or build is None or "windows" not in name.lower():
        return None
    name = name.removeprefix("Microsoft").strip()
    return OperatingSystem(name, str(build), windows_support(build, edition_of(name)))


def _has_extension(document: Document) -> bool | None:
    """Tell whether an ESU licence is active; the consumer's ESU has none, so none found tells nothing."""
    licences = document.items.get("extension", [])
    return True if any(as_int(each.get("licensestatus")) == _LICENSED for each in licences) else None


def _why(error: PartError | None) -> Text:
    if error is None:
        return Text("Windows Update の検索が完了しませんでした", "the search of Windows Update did not complete")
    known = _ERRORS.get(error.hresult & 0xFFFFFFFF) if error.hresult is not None else None
    return known or Text(
        f"Windows Update を読み取れません（{error.message}）", str(powershell.typed(error, "Windows Update"))
    )


def _time(value: object) -> datetime | None:
    """Return a time of the Windows Update Agent; it writes 1899 or 1601 for "never"."""
    found = read_instant(value)
    return found if found and found.year >= 2000 else None


def _day(value: object) -> date | None:
    found = as_text(value)
    try:
        day = date.fromisoformat(found) if found else None
    except ValueError:
        return None
    return day if day and day.year >= 2000 else None
