"""Updates on Linux: apt or dnf/yum, what they left on disk, and whether a restart is due."""

import gzip
import platform
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from collectors import command
from collectors.decode import decode_text
from collectors.input import InputError, ToolMissing, find_program
from collectors.inputs.patches import apt, dnf, os_release, restart
from collectors.inputs.patches.facts import Facts, OperatingSystem, Scope, Update
from collectors.programs import Run
from collectors.text import Text

_TIMEOUT_S = 300.0
_MAX_LOG_BYTES = 4 * 1024 * 1024
_APT_CHECKED = ("var/lib/apt/periodic/update-success-stamp", "var/lib/apt/lists/partial", "var/lib/apt/lists")
_WITHOUT_ADVISORIES = ("CentOS",)
"""Distributions whose repositories do not say which updates mend a vulnerability: no answer there is not "none"."""

_UPDATES_AVAILABLE = 100
"""Exit code of `dnf check-update` where there are updates; 0 where there are none, 1 for an error."""


class Linux:
    """Reads the updates of a Linux machine.

    Args:
        run: runs a program.
        has_program: tells whether a program is there.
        root: where the file system begins; tests point it elsewhere.
    """

    def __init__(
        self,
        run: Run = command.run,
        has_program: Callable[[str], object] = find_program,
        root: Path = Path("/"),
    ) -> None:
        self._run = run
        self._has_program = has_program
        self._root = root

    def read(self, now_ns: int) -> Facts:
        """Return what is known.

        Raises:
            ToolMissing: there is neither apt nor dnf nor yum.
        """
        if self._has_program("apt-get"):
            facts = self._apt()
        else:
            program = next((name for name in ("dnf", "yum") if self._has_program(name)), None)
            if program is None:
                raise ToolMissing("none of apt-get, dnf and yum is installed")
            facts = self._dnf(program, now_ns)
        return self._with_restart(facts)

    def _apt(self) -> Facts:
        # Without a lock, so that this never gets in the way of an update that runs.
        done = self._run("apt-get", ["-s", "-o", "Debug::NoLocking=true", "dist-upgrade"], _TIMEOUT_S)
        answer = decode_text(done.stdout)
        facts = Facts(
            "apt",
            last_success=self._apt_success(),
            last_check=self._newest_change(_APT_CHECKED),
            system=self._system(),
        )
        if done.code != 0 or not apt.is_simulation(answer):
            return replace(facts, unread=(_failed("apt-get", done),))
        try:
            return replace(facts, pending=apt.read_simulation(answer))
        except InputError as error:
            return replace(facts, unread=(Text(f"apt-get を読み取れません（{error}）", str(error)),))

    def _apt_success(self) -> datetime | None:
        """Return the last upgrade from apt's log; only the newest log that has one is read."""
        folder = self._root / "var/log/apt"
        for name in ("history.log", "history.log.1.gz", "history.log.2.gz"):
            last = apt.read_history(_read_log(folder / name))
            if last:
                return last
        return None

    def _dnf(self, program: str, now_ns: int) -> Facts:
        facts = Facts("dnf", last_success=self._rpm_success(), system=self._system())
        divided = not (facts.system.name or "").startswith(_WITHOUT_ADVISORIES)
        try:
            updates = self._dnf_updates(program)
            security = self._dnf_security(program) if divided else ()
        except InputError as error:
            return replace(facts, unread=(Text(f"{program} を読み取れません（{error}）", str(error)),))
        # Before they answer, dnf and yum fetch lists anew that are older than metadata_expire: hours, 2 days at most.
        now = datetime.fromtimestamp(now_ns // 10**9, UTC)
        scope = Scope.ALL if divided else Scope.UNDIVIDED
        return replace(facts, pending=dnf.together(security, updates), scope=scope, last_check=now)

    def _dnf_updates(self, program: str) -> tuple[Update, ...]:
        done = self._run(program, ["-q", "check-update"], _TIMEOUT_S)
        if done.code not in (0, _UPDATES_AVAILABLE):
            raise InputError(_complaint(program, done))
        return dnf.read_check_update(decode_text(done.stdout)) if done.code else ()

    def _dnf_security(self, program: str) -> tuple[Update, ...]:
        arguments = (
            ["-q", "updateinfo", "list", "--security"] if program == "dnf" else ["-q", "updateinfo", "list", "security"]
        )
        done = self._run(program, arguments, _TIMEOUT_S)
        if done.code != 0:
            raise InputError(_complaint(program, done))
        return dnf.read_advisories(decode_text(done.stdout))

    def _rpm_success(self) -> datetime | None:
        """Return when a package was last installed or updated, from rpm's own database."""
        try:
            done = self._run("rpm", ["-qa", "--queryformat", "%{INSTALLTIME}\\n"], _TIMEOUT_S)
        except InputError:
            return None
        times = [int(line) for line in decode_text(done.stdout).split() if line.isdecimal() and len(line) < 12]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def _with_restart(self, facts: Facts) -> Facts:
        """Add whether a restart is due, from the first source that tells."""
        found = self._needrestart() or self._needs_restarting()
        required = True if (self._root / "run/reboot-required").exists() else None
        if facts.source == "apt" and required is None and (self._root / "usr/share/update-notifier").is_dir():
            # Where update-notifier is installed packages leave the mark, so its absence tells too.
            required = False
        if found is None:
            return replace(facts, reboot_required=required, kernel_running=platform.release() or None)
        return replace(
            facts,
            reboot_required=required if required or found.reboot_required is None else found.reboot_required,
            services_to_restart=found.services_to_restart,
            containers_to_restart=found.containers_to_restart,
            sessions_to_restart=found.sessions_to_restart,
            kernel_running=found.kernel_running or platform.release() or None,
            kernel_expected=found.kernel_expected,
        )

    def _needrestart(self) -> Facts | None:
        # "-r l" only lists, whatever the machine's own settings say of restarting services.
        return self._ask("needrestart", ["-b", "-r", "l"], restart.is_needrestart, restart.read_needrestart)

    def _needs_restarting(self) -> Facts | None:
        return self._ask("needs-restarting", ["-r"], restart.is_needs_restarting, restart.read_needs_restarting)

    def _ask(
        self, program: str, arguments: list[str], is_known: Callable[[str], bool], read: Callable[[str], Facts]
    ) -> Facts | None:
        """Ask a tool that need not be there; what it cannot tell stays unknown."""
        if not self._has_program(program):
            return None
        try:
            answer = decode_text(self._run(program, arguments, _TIMEOUT_S).stdout)
        except InputError:
            return None
        return read(answer) if is_known(answer) else None

    def _system(self) -> OperatingSystem:
        try:
            return os_release.read((self._root / "etc/os-release").read_text("utf-8", errors="replace"))
        except OSError:
            return OperatingSystem()

    def _newest_change(self, names: tuple[str, ...]) -> datetime | None:
        changes: list[float] = []
        for name in names:
            try:
                changes.append((self._root / name).stat().st_mtime)
            except OSError:
                continue
        return datetime.fromtimestamp(max(changes), UTC) if changes else None


def _read_log(path: Path) -> str:
    """Return the end of a log file, unpacked; "" if it cannot be read."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            return decode_text(file.read(_MAX_LOG_BYTES))
    except (OSError, EOFError):
        return ""


def _failed(program: str, done: command.Output) -> Text:
    why = _complaint(program, done)
    return Text(f"{program} を読み取れません（{why}）", why)


def _complaint(program: str, done: command.Output) -> str:
    lines = [line.strip() for line in decode_text(done.stderr).splitlines() if line.strip()]
    return f"{program} failed: {lines[-1][:200]}" if lines else f"{program} ended with exit code {done.code}"
