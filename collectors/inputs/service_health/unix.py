"""Evidence of products on Linux and macOS: units of systemd, processes, packages, and files."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import psutil

from collectors import command
from collectors.decode import decode_text
from collectors.input import InputError, find_program
from collectors.inputs.service_health.finding import Evidence, Service
from collectors.inputs.service_health.product import LastContact, Product, System
from collectors.programs import Run
from collectors.scalar import first_line
from collectors.text import Text

_TIMEOUT_S = 20.0
_MOST_BYTES = 64 * 1024
_UNITS = ("list-units", "--type=service", "--all", "--plain", "--no-legend", "--no-pager", "--full")
_FILES = ("list-unit-files", "--type=service", "--plain", "--no-legend", "--no-pager", "--full")
_PACKAGE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9+._-]*)\t(?P<version>\S+)\t(?P<state>.*)")


def running_processes() -> frozenset[str]:
    """Return the names of all processes."""
    return frozenset(each.info["name"] for each in psutil.process_iter(["name"]) if each.info["name"])


class Unix:
    """Reads a Linux or macOS machine.

    Args:
        system: linux or macos.
        products: what is looked for.
        run: runs a program.
        has_program: tells whether a program is there.
        processes: names all processes.
        root: where the file system begins; tests point it elsewhere.
    """

    def __init__(
        self,
        system: System,
        products: tuple[Product, ...],
        run: Run = command.run,
        has_program: Callable[[str], object] = find_program,
        processes: Callable[[], frozenset[str]] = running_processes,
        root: Path = Path("/"),
    ) -> None:
        self._system = system
        self._products = products
        self._run = run
        self._has_program = has_program
        self._processes = processes
        self._root = root

    def read(self) -> Evidence:
        """Return what the machine shows; services that cannot be read leave a reason."""
        services, unread = self._services()
        return Evidence(
            self._system,
            services=tuple(services),
            processes=self._processes(),
            packages=self._packages() if self._system == "linux" else {},
            paths=frozenset(path for each in self._products for path in each.paths.on(self._system) if self._has(path)),
            contacts=self._contacts(),
            unread=unread,
            whole=not unread,
        )

    def _services(self) -> tuple[list[Service], tuple[Text, ...]]:
        if self._system != "linux" or not self._has_program("systemctl"):
            return [], ()
        try:
            units = read_units(self._systemctl(_UNITS))
            files = read_unit_files(self._systemctl(_FILES))
        except InputError as error:
            return [], (Text(f"systemd のサービスを読み取れません（{error}）", str(error)),)
        # A unit that is installed but not loaded is not among the units.
        return [Service(name, "", units.get(name, False)) for name in {**files, **units}], ()

    def _systemctl(self, arguments: tuple[str, ...]) -> str:
        done = self._run("systemctl", arguments, _TIMEOUT_S)
        if done.code != 0:
            said = first_line(decode_text(done.stderr))
            raise InputError(f"systemctl failed: {said or f'exit code {done.code}'}")
        return decode_text(done.stdout)

    def _packages(self) -> dict[str, str]:
        names = sorted({name for each in self._products for name in each.packages})
        ask = {
            "dpkg-query": ("-W", "-f", "${Package}\\t${Version}\\t${Status}\\n", *names),
            "rpm": ("-q", "--queryformat", "%{NAME}\\t%{VERSION}\\tinstalled\\n", *names),
        }
        for program, arguments in ask.items():
            if self._has_program(program):
                try:
                    # Both end with an error where one of the names is not installed, and tell of the others.
                    return read_packages(decode_text(self._run(program, arguments, _TIMEOUT_S).stdout))
                except InputError:
                    continue
        return {}

    def _contacts(self) -> Mapping[LastContact, tuple[str, ...]]:
        places = [place for each in self._products for place in each.last_contact]
        files = {place: getattr(place.file, self._system) for place in places}
        found = {place: self._lines(path, place.value) for place, path in files.items() if path}
        return {place: lines for place, lines in found.items() if lines}

    def _lines(self, path: str, name: str) -> tuple[str, ...]:
        try:
            with (self._root / path.lstrip("/")).open("rb") as file:
                text = decode_text(file.read(_MOST_BYTES))
        except OSError:
            return ()
        return tuple(line for line in text.splitlines() if line.startswith(f"{name}="))

    def _has(self, path: str) -> bool:
        try:
            return (self._root / path.lstrip("/")).exists()
        except OSError:
            return False


def read_units(text: str) -> dict[str, bool]:
    """Return whether each loaded service runs, from `systemctl list-units`."""
    rows = (line.lstrip("●×*○↻ ").split(None, 4) for line in text.splitlines())
    return {
        row[0].removesuffix(".service"): row[2] in ("active", "reloading")
        for row in rows
        if len(row) >= 4 and row[0].endswith(".service") and row[1] == "loaded"
    }


def read_unit_files(text: str) -> dict[str, bool]:
    """Return the services that are installed, from `systemctl list-unit-files`; a masked one counts as absent."""
    rows = (line.split() for line in text.splitlines())
    return {
        row[0].removesuffix(".service"): False
        for row in rows
        if len(row) >= 2 and row[0].endswith(".service") and not row[0].endswith("@.service") and "masked" not in row[1]
    }


def read_packages(text: str) -> dict[str, str]:
    """Return the installed packages, name to version; a removed package that left its settings is not installed."""
    rows = (_PACKAGE.fullmatch(line) for line in text.splitlines())
    return {
        row["name"]: row["version"] for row in rows if row and row["state"] in ("installed", "install ok installed")
    }


def is_units(text: str) -> bool:
    """Tell whether a text is `systemctl list-units`."""
    lines: Iterable[str] = text.splitlines()[:3]
    return any(re.fullmatch(r"[●×*○↻ ]*\S+\.service +loaded +\S+ +\S+.*", line) for line in lines)
