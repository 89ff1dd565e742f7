"""Antivirus products on Linux and macOS: each known tool that is there is asked, the rest is seen by its service."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import psutil

from collectors import command
from collectors.decode import decode_text
from collectors.input import BadOutput, InputError, find_program
from collectors.inputs.antivirus import bduitool, clamav, known, mdatp
from collectors.inputs.antivirus.known import System
from collectors.inputs.antivirus.product import Findings, Mode, Product
from collectors.json_text import load_json
from collectors.programs import Run
from collectors.text import Text

_CLAMAV_FOLDERS = (Path("/var/lib/clamav"), Path("/usr/local/share/clamav"), Path("/opt/homebrew/var/lib/clamav"))
_CLAMAV_FILES = ("daily.cld", "daily.cvd")
_CLAMD_SERVICES = ("clamav-daemon", "clamd", "clamd@scan", "clamd@amavisd")
_ON_ACCESS_SERVICES = ("clamav-clamonacc", "clamonacc")
_BDUITOOL = "/opt/bitdefender-security-tools/bin/bduitool"
_TOOL_TIMEOUT_S = 15.0


class Unix:
    """Reads the products of a Linux or macOS machine.

    Attributes:
        system: linux or macos.
    """

    def __init__(
        self,
        system: System,
        run: Run = command.run,
        processes: Callable[[], set[str]] | None = None,
        clamav_folders: Iterable[Path] = _CLAMAV_FOLDERS,
        has_program: Callable[[str], object] = find_program,
    ) -> None:
        self.system = system
        self._run = run
        self._processes = processes or running_processes
        self._clamav_folders = tuple(clamav_folders)
        self._has_program = has_program

    def read(self, now_ns: int) -> Findings:
        """Return what is found; a tool that fails leaves its product unknown and a reason."""
        services, unread = self._services()
        processes = self._processes()
        found: list[Product] = []
        asked: list[tuple[str, Callable[[int], Product]]] = [("mdatp", self._mdatp), (_BDUITOOL, self._bduitool)]
        for program, ask in asked:
            if self._has_program(program):
                try:
                    found.append(ask(now_ns))
                except InputError as error:
                    unread.append(Text(f"{Path(program).name} を読み取れません（{error}）", str(error)))
        scanner = self._clamav(services, processes, now_ns)
        if scanner:
            found.append(scanner)
        names = {product.name for product in found}
        found += [each for each in known.by_unix(services, processes, self.system) if each.name not in names]
        return Findings(tuple(found), tuple(unread))

    def _services(self) -> tuple[dict[str, str], list[Text]]:
        """Return systemd's services; a system without systemd still shows its processes."""
        if not self._has_program("systemctl"):
            return {}, []
        arguments = ["list-units", "--type=service", "--all", "--plain", "--no-legend", "--no-pager"]
        try:
            return read_units(decode_text(self._run("systemctl", arguments, _TOOL_TIMEOUT_S).stdout)), []
        except InputError as error:
            return {}, [Text(f"systemd のサービスを読み取れません（{error}）", str(error))]

    def _mdatp(self, now_ns: int) -> Product:
        answer = decode_text(self._run("mdatp", ["health", "--output", "json"], _TOOL_TIMEOUT_S).stdout)
        loaded = load_json(answer)
        record = mdatp.flattened(loaded) if isinstance(loaded, dict) else {}
        if not mdatp.is_health(record):
            raise BadOutput("mdatp health gave an answer that is not known")
        return mdatp.read(record, now_ns)

    def _bduitool(self, now_ns: int) -> Product:
        answer = decode_text(self._run(_BDUITOOL, ["get", "ps"], _TOOL_TIMEOUT_S).stdout)
        if not bduitool.is_status(answer):
            raise BadOutput("bduitool get ps gave an answer that is not known")
        return bduitool.read(answer, now_ns)

    def _clamav(self, services: Mapping[str, str], processes: set[str], now_ns: int) -> Product | None:
        definitions = self._clamav_definitions()
        states = [services[name] for name in _CLAMD_SERVICES if name in services]
        if definitions is None and not states and "clamd" not in processes:
            return None
        running = "active" in states or "clamd" in processes
        watching = any(services.get(name) == "active" for name in _ON_ACCESS_SERVICES) or "clamonacc" in processes
        product = Product(
            clamav.NAME,
            "clamav",
            Mode.OFF if not running else Mode.ON if watching else Mode.ON_DEMAND,
            realtime=watching,
        )
        return product if definitions is None else with_definitions(product, definitions, now_ns)

    def _clamav_definitions(self) -> clamav.Definitions | None:
        found = [self._clamav_file(folder / name) for folder in self._clamav_folders for name in _CLAMAV_FILES]
        return max((each for each in found if each), key=lambda each: each.built, default=None)

    @staticmethod
    def _clamav_file(path: Path) -> clamav.Definitions | None:
        try:
            with path.open("rb") as file:
                return clamav.read_header(file.read(clamav.HEADER_BYTES))
        except OSError:
            return None


def with_definitions(product: Product, definitions: clamav.Definitions, now_ns: int) -> Product:
    """Return ClamAV with the definitions it uses."""
    return replace(
        product,
        version=definitions.engine,
        definitions_version=definitions.version,
        definitions_date=definitions.day,
        definitions_age_days=definitions.age_days(now_ns),
    )


def read_units(text: str) -> dict[str, str]:
    """Return ActiveState by service name from `systemctl list-units --plain --no-legend`.

    Units that are only named by others (LOAD is not-found) are left out.
    """
    units: dict[str, str] = {}
    for line in text.splitlines():
        parts = line.lstrip("●* ").split(None, 4)
        if len(parts) >= 4 and parts[0].endswith(".service") and parts[1] == "loaded":
            units[parts[0].removesuffix(".service")] = parts[2]
    return units


def running_processes() -> set[str]:
    """Return the names of all processes."""
    return {each.info["name"] for each in psutil.process_iter(["name"]) if each.info["name"]}


def this_system() -> System:
    """Return the kind of system this is."""
    return "windows" if sys.platform == "win32" else "macos" if sys.platform == "darwin" else "linux"
