"""Recorded output of the tools that list software, told apart by its form."""

from collections.abc import Callable
from functools import partial

from collectors.input import BadOutput, Recording
from collectors.inputs.software import dpkg, flatpak, macos, rpm, snap, uninstall, windows
from collectors.inputs.software.columns import read_columns
from collectors.inputs.software.install_date import InstallDates
from collectors.inputs.software.lines import CUT, Lines, ReadLine, are_mostly, items_in, lines_of, not_understood
from collectors.inputs.software.points import to_points
from collectors.inputs.software.reading import Reading
from collectors.inventory import SOFTWARE, DeviceFacts
from collectors.inventory.register import Register
from collectors.json_text import Record, load_json
from collectors.point import Point
from collectors.recorded_text import recorded_text
from collectors.windows import powershell
from collectors.windows.records import is_cut, read_records
from collectors.windows.registry_export import is_registry_export, read_registry_export

_JSON_STARTS = ("{", "[")


def parse(recording: Recording) -> list[Point]:
    """Return the point that a recorded output tells.

    Known forms: this input's own PowerShell answer; a registry export of Uninstall keys; objects with a name and a
    version, publisher, date or size as JSON, CSV, list or table; `dpkg-query -W`, `dpkg -l`, `apt list --installed`,
    `rpm -qa`, `dnf list installed`, `snap list`, `flatpak list`, `winget list`;
    `system_profiler -json SPApplicationsDataType`.

    Raises:
        BadOutput: the output is none of these, lists nothing, or is damaged.
    """
    reading = read(recorded_text(recording), recording.now_ns)
    if not reading.items:
        raise BadOutput("the output lists no installed software")
    listed = Register(SOFTWARE, None, None).note(reading.items, recording.now_ns, DeviceFacts())
    return to_points(reading, listed)


def listed(recording: Recording) -> list[dict[str, object]]:
    """Return the software that a recorded output lists, for a person to read; None and "" stand for what is not told.

    Raises:
        BadOutput: as for `parse`.
    """
    items = read(recorded_text(recording), recording.now_ns).items
    return [
        {
            "name": item.name,
            "version": item.version,
            "publisher": item.publisher,
            "installed_on": item.installed_on.isoformat() if item.installed_on else None,
            "arch": item.arch,
            "source": item.source,
            "scope": item.scope,
            "size_kib": item.size_kib,
        }
        for item in items
    ]


def read(text: str, now_ns: int) -> Reading:
    """Return what a text lists.

    Raises:
        BadOutput: it is none of the known forms, or is damaged.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if powershell.is_document(text, windows.KIND):
        return windows.reading(powershell.read_document(text), now_ns)
    if is_registry_export(text):
        return _of_export(text, now_ns)
    if start.startswith(_JSON_STARTS):
        listed = macos.applications(load_json(start))
        if listed is not None:
            return Reading(tuple(macos.items_of(listed, now_ns)), macos.SOURCE)
        return _of_records(read_records(text), False, now_ns)
    lines = lines_of(text)
    by_tool = _of_tool(lines, now_ns)
    return by_tool or _of_objects(text, lines, now_ns)


def _of_export(text: str, now_ns: int) -> Reading:
    """Return what a registry export lists; it ends with a blank line, and one that is cut in a line with half a key."""
    keys = read_registry_export(text)
    if keys and not text.endswith("\n"):
        keys.popitem()
    return windows.reading_of_export(keys, text.replace("\r", "").endswith("\n\n"), now_ns)


def _of_tool(lines: Lines, now_ns: int) -> Reading | None:
    if snap.is_list(lines.whole):
        return Reading(tuple(snap.read_list(lines.whole)), snap.SOURCE, (CUT,) if lines.is_cut else ())
    for source, matches, read_line in _line_forms(now_ns):
        if matches(lines.whole, read_line):
            items, unknown = items_in(dpkg.below_heading(lines.whole), read_line)
            unread = ((not_understood(unknown),) if unknown else ()) + ((CUT,) if lines.is_cut else ())
            return Reading(tuple(items), source, unread)
    return None


_Matches = Callable[[list[str], ReadLine], bool]


def _line_forms(now_ns: int) -> tuple[tuple[str, _Matches, ReadLine], ...]:
    return (
        (dpkg.SOURCE, lambda lines, _read: dpkg.is_list(lines), dpkg.read_list_line),
        (rpm.SOURCE, are_mostly, partial(rpm.read_query_line, dates=InstallDates((), now_ns))),
        (rpm.SOURCE, are_mostly, rpm.read_listed_line),
        (dpkg.SOURCE, are_mostly, dpkg.read_apt_line),
        (dpkg.SOURCE, are_mostly, dpkg.read_query_line),
        (flatpak.SOURCE, are_mostly, flatpak.read_line),
        (dpkg.SOURCE, are_mostly, dpkg.read_list_line),
        (rpm.SOURCE, are_mostly, rpm.read_plain_line),
    )


def _of_objects(text: str, lines: Lines, now_ns: int) -> Reading:
    records = [each for each in read_records(text) if uninstall.is_product(each)]
    if records:
        return _of_records(records, is_cut(text), now_ns)
    return _of_records(read_columns(lines.whole), lines.is_cut, now_ns)


def _of_records(records: list[Record], cut: bool, now_ns: int) -> Reading:
    products = [each for each in records if uninstall.is_product(each)]
    if not products:
        raise BadOutput("this is not the output of a tool that lists software and is known here")
    items = uninstall.items_of(products, "", uninstall.MACHINE, uninstall.dates_of(products, now_ns))
    return Reading(tuple(items), uninstall.SOURCE, (CUT,) if cut else ())
