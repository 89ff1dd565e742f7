"""RAID on Linux: /proc/mdstat, and the tools of the other managers where they are installed."""

from collections.abc import Callable
from pathlib import Path

from collectors import command
from collectors.decode import decode_text
from collectors.input import InputError, find_program
from collectors.inputs.raid import btrfs, lvm, mdstat, zpool
from collectors.inputs.raid.array import Findings
from collectors.json_text import load_json
from collectors.programs import Run
from collectors.scalar import first_line
from collectors.text import Text

_TIMEOUT_S = 20.0
_MAX_BYTES = 1024 * 1024
_MAX_FILE_SYSTEMS = 16


class Linux:
    """Reads the arrays of a Linux machine.

    Args:
        run: runs a program.
        has_program: tells whether a program is there.
        proc: the kernel's own files; tests point it elsewhere.
    """

    def __init__(
        self,
        run: Run = command.run,
        has_program: Callable[[str], object] = find_program,
        proc: Path = Path("/proc"),
    ) -> None:
        self._run = run
        self._has_program = has_program
        self._proc = proc

    def read(self, now_ns: int) -> Findings:
        """Return all arrays; a tool that fails leaves a reason."""
        sources: tuple[tuple[str, Callable[[int], Findings]], ...] = (
            ("", self._mdstat), ("zpool", self._zpool), ("lvs", self._lvm), ("btrfs", self._btrfs),
        )  # fmt: skip
        found: list[Findings] = []
        for program, ask in sources:
            if program and not self._has_program(program):
                continue
            try:
                found.append(ask(now_ns))
            except InputError as error:
                found.append(Findings(unread=(Text(f"{program or 'mdstat'}：{error}", str(error)),)))
        return Findings(
            tuple(array for each in found for array in each.arrays),
            tuple(why for each in found for why in each.unread),
        )

    def _mdstat(self, _now_ns: int) -> Findings:
        text = self._file("mdstat")
        return mdstat.read(text) if text else Findings()

    def _zpool(self, now_ns: int) -> Findings:
        # Where no pool is, its answer goes to stdout or stderr, as the version has it.
        text = self._answer("zpool", "status")
        return zpool.read(text, now_ns) if zpool.is_status(text) else Findings(unread=(_complaint("zpool", text),))

    def _lvm(self, _now_ns: int) -> Findings:
        if "device-mapper" not in self._file("devices"):
            return Findings()
        text = self._answer("lvs", *lvm.ARGUMENTS)
        if not text.lstrip().startswith("{"):
            return Findings(unread=(_complaint("lvs", text),))
        return Findings(tuple(lvm.read(load_json(text))))

    def _btrfs(self, _now_ns: int) -> Findings:
        arrays, unread = [], []
        for path in self._btrfs_paths():
            text = self._answer("btrfs", "device", "stats", path)
            if btrfs.is_stats(text):
                arrays.append(btrfs.read(text, path))
            else:
                unread.append(_complaint("btrfs", text))
        return Findings(tuple(arrays), tuple(unread[:1]))

    def _btrfs_paths(self) -> list[str]:
        """Return one mount point for each btrfs, by the device that the kernel names for it."""
        rows = [line.split() for line in self._file("mounts").splitlines()]
        paths = {row[0]: row[1] for row in reversed(rows) if len(row) > 2 and row[2] == "btrfs"}
        return sorted(paths.values())[:_MAX_FILE_SYSTEMS]

    def _file(self, name: str) -> str:
        try:
            with (self._proc / name).open("rb") as file:
                return decode_text(file.read(_MAX_BYTES))
        except OSError:
            return ""

    def _answer(self, program: str, *arguments: str) -> str:
        done = self._run(program, arguments, _TIMEOUT_S)
        answer = decode_text(done.stdout)
        return answer if answer.strip() else decode_text(done.stderr)


def _complaint(program: str, answer: str) -> Text:
    said = first_line(answer) or "no answer"
    return Text(f"{program} を読み取れません（{said}）", f"{program} could not be read: {said}")
