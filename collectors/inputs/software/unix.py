"""Software on Linux and macOS: every package manager that is there."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from collectors import command
from collectors.command import Output
from collectors.decode import decode_text
from collectors.input import BadOutput, InputError, ToolMissing, find_program
from collectors.inputs.software import dpkg, flatpak, macos, rpm, snap
from collectors.inputs.software.install_date import InstallDates
from collectors.inputs.software.lines import ReadLine, items_in, lines_of
from collectors.inputs.software.reading import Part, Reading
from collectors.inventory import SoftwareItem
from collectors.json_text import load_json
from collectors.programs import Run
from collectors.text import Text

_TIMEOUT_S = 120.0
_DPKG_INFO = "var/lib/dpkg/info"


@dataclass(frozen=True, slots=True)
class Manager:
    """A package manager.

    Attributes:
        program: what is run.
        arguments: its arguments.
        source: source of its items.
        parts: what its list covers.
        read: the output's text, the time and the root of the file system to items.
    """

    program: str
    arguments: tuple[str, ...]
    source: str
    parts: frozenset[Part]
    read: Callable[[str, int, Path], list[SoftwareItem]]


class Unix:
    """Reads the software of this machine.

    Args:
        run: runs a program.
        has_program: tells whether a program is there.
        root: where the file system begins; tests point it elsewhere.
        managers: what is asked.
    """

    def __init__(
        self,
        run: Run = command.run,
        has_program: Callable[[str], object] = find_program,
        root: Path = Path("/"),
        managers: "tuple[Manager, ...] | None" = None,
    ) -> None:
        self._run, self._has_program, self._root = run, has_program, root
        self._managers = managers or (MACOS if sys.platform == "darwin" else LINUX)

    def read(self, now_ns: int) -> Reading:
        """Return the packages of all managers.

        Raises:
            ToolMissing: there is none.
            InputError: none of them lists anything.
        """
        here = [each for each in self._managers if self._has_program(each.program)]
        if not here:
            raise ToolMissing(f"none of {', '.join(each.program for each in self._managers)} is installed")
        items: list[SoftwareItem] = []
        unread: list[Text] = []
        unseen: set[Part] = set()
        sources: list[str] = []
        for manager in here:
            try:
                found = self._ask(manager, now_ns)
            except InputError as error:
                unread.append(Text(f"{manager.program} を読み取れません（{error}）", str(error)))
                unseen |= manager.parts
                continue
            items += found
            sources += [manager.source] if found else []
        if not items:
            raise InputError(unread[0].en if unread else f"{here[0].program} lists nothing, which cannot be")
        return Reading(tuple(items), ", ".join(sources), tuple(unread), frozenset(unseen))

    def _ask(self, manager: Manager, now_ns: int) -> list[SoftwareItem]:
        done = self._run(manager.program, manager.arguments, _TIMEOUT_S)
        if done.code != 0:
            raise InputError(f"{manager.program} failed (exit code {done.code}): {_first_line(done)}")
        return manager.read(decode_text(done.stdout), now_ns, self._root)


def _first_line(done: Output) -> str:
    lines = decode_text(done.stderr).split("\n")
    return " ".join(lines[0].split())[:120] or "no message"


def _every_line(program: str, text: str, read: ReadLine) -> list[SoftwareItem]:
    lines = lines_of(text)
    items, unknown = items_in(lines.whole, read)
    if unknown or lines.is_cut:
        raise BadOutput(f"{program} answered in a form that is not known here")
    return items


def _dpkg(text: str, now_ns: int, root: Path) -> list[SoftwareItem]:
    dates = InstallDates((), now_ns, zone=None)

    def installed(name: str, arch: str) -> date | None:
        # dpkg writes the list of a package's files whenever it unpacks it.
        for path in _dpkg_lists(root, name, arch):
            try:
                return dates.at(path.stat().st_mtime)
            except OSError:
                continue
        return None

    return _every_line("dpkg-query", text, partial(dpkg.read_query_line, installed=installed))


def _dpkg_lists(root: Path, name: str, arch: str) -> Iterator[Path]:
    yield root / _DPKG_INFO / f"{name}.list"
    yield root / _DPKG_INFO / f"{name}:{arch}.list"


def _rpm(text: str, now_ns: int, _root: Path) -> list[SoftwareItem]:
    return _every_line("rpm", text, partial(rpm.read_query_line, dates=InstallDates((), now_ns, zone=None)))


def _snap(text: str, _now_ns: int, _root: Path) -> list[SoftwareItem]:
    lines = lines_of(text)
    if lines.is_cut or (lines.whole and not snap.is_list(lines.whole)):
        raise BadOutput("snap answered in a form that is not known here")
    return snap.read_list(lines.whole)


def _flatpak(text: str, _now_ns: int, _root: Path) -> list[SoftwareItem]:
    return _every_line("flatpak", text, flatpak.read_line)


def _macos(text: str, now_ns: int, _root: Path) -> list[SoftwareItem]:
    listed = macos.applications(load_json(text))
    if listed is None:
        raise BadOutput("system_profiler answered in a form that is not known here")
    return macos.items_of(listed, now_ns)


def _parts(source: str, *scopes: str) -> frozenset[Part]:
    return frozenset((source, scope) for scope in scopes)


LINUX = (
    Manager("dpkg-query", dpkg.QUERY, dpkg.SOURCE, _parts(dpkg.SOURCE, "machine"), _dpkg),
    Manager("rpm", rpm.QUERY, rpm.SOURCE, _parts(rpm.SOURCE, "machine"), _rpm),
    Manager("snap", snap.QUERY, snap.SOURCE, _parts(snap.SOURCE, "machine"), _snap),
    Manager("flatpak", flatpak.QUERY, flatpak.SOURCE, _parts(flatpak.SOURCE, "machine", "user"), _flatpak),
)
MACOS = (Manager("system_profiler", macos.QUERY, macos.SOURCE, _parts(macos.SOURCE, "machine", "user"), _macos),)
