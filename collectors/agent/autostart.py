"""What lets the agent start with the machine: a systemd unit, or a scheduled task of Windows."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

from collectors.text import Text

_PROGRAM, _CONFIG = "@KARTE@", "@CONFIG@"
_WINDOWS_DIR = r"C:\ProgramData\karte"
"""The service's place; SYSTEM's own folders are out of the sight of the person who enrols the machine."""

_SYSTEMD_STEPS = Text(
    """\
1. 登録（まだなら）: sudo karte agent enroll URL コード
2. この出力を保存: karte agent service --format systemd | sudo tee /etc/systemd/system/karte-agent.service
3. 起動: sudo systemctl daemon-reload && sudo systemctl enable --now karte-agent
4. 確認: systemctl status karte-agent、journalctl -u karte-agent""",
    """\
1. enrol, if not done yet: sudo karte agent enroll URL CODE
2. save this output: karte agent service --format systemd | sudo tee /etc/systemd/system/karte-agent.service
3. start it: sudo systemctl daemon-reload && sudo systemctl enable --now karte-agent
4. look at it: systemctl status karte-agent, journalctl -u karte-agent""",
)
_WINDOWS_PLACE = rf"""   mkdir {_WINDOWS_DIR}
   icacls {_WINDOWS_DIR} /inheritance:r /grant "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F"
   echo [agent]>{_WINDOWS_DIR}\agent.toml
   echo data_dir = '{_WINDOWS_DIR}'>>{_WINDOWS_DIR}\agent.toml"""
_WINDOWS_STEPS = Text(
    rf"""管理者のコマンドプロンプトで:
1. SYSTEMと管理者だけが読める置き場所と設定を作る:
{_WINDOWS_PLACE}
2. 登録: karte agent enroll URL コード --config {_WINDOWS_DIR}\agent.toml
3. この出力を保存: karte agent service --format windows > {_WINDOWS_DIR}\karte-agent.xml
4. タスクを登録（すぐに起動します）: schtasks /Create /TN "Office Karte Agent" /XML {_WINDOWS_DIR}\karte-agent.xml
5. 確認: schtasks /Query /TN "Office Karte Agent"（削除は /Delete）""",
    rf"""in an administrator's command prompt:
1. make a place and settings that only SYSTEM and administrators can read:
{_WINDOWS_PLACE}
2. enrol: karte agent enroll URL CODE --config {_WINDOWS_DIR}\agent.toml
3. save this output: karte agent service --format windows > {_WINDOWS_DIR}\karte-agent.xml
4. register the task, which starts it: schtasks /Create /TN "Office Karte Agent" /XML {_WINDOWS_DIR}\karte-agent.xml
5. look at it: schtasks /Query /TN "Office Karte Agent" (/Delete removes it)""",
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to start with the machine.

    Attributes:
        file: name of the file beside this module, with places for the program.
        fill: puts the program's path into the file's text.
        steps: what a person does with it.
    """

    file: str
    fill: Callable[[str, str], str]
    steps: Text

    def text(self, program: str) -> str:
        """Return the file for a program.

        Args:
            program: absolute path of `karte`.
        """
        return self.fill(files(__package__).joinpath(self.file).read_text(encoding="utf-8"), program)


def _fill_unit(unit: str, program: str) -> str:
    # systemd.service(5): quotes keep spaces together, a backslash escapes, "%" and "$" stand for other things.
    escaped = program.replace("\\", r"\\").replace('"', r"\"").replace("%", "%%").replace("$", "$$")
    return unit.replace(_PROGRAM, f'"{escaped}"' if any(c in escaped for c in " \t'\"\\;") else escaped)


def _fill_task(task: str, program: str) -> str:
    filled = task.replace(_PROGRAM, escape(program)).replace(_CONFIG, escape(rf"{_WINDOWS_DIR}\agent.toml"))
    # ASCII only and no encoding named: what a shell makes of it, UTF-8, UTF-16 or a code page, can all be read.
    return filled.encode("ascii", "xmlcharrefreplace").decode("ascii")


RECIPES: Mapping[str, Recipe] = {
    "systemd": Recipe("karte-agent.service", _fill_unit, _SYSTEMD_STEPS),
    "windows": Recipe("karte-agent.xml", _fill_task, _WINDOWS_STEPS),
}
"""Name of a form -> how it is made."""


def default_form() -> str:
    """Return the form for this machine."""
    return "windows" if sys.platform == "win32" else "systemd"


def this_program() -> str:
    """Return the absolute path of the installed `karte`: the one beside this Python."""
    name = "karte.exe" if sys.platform == "win32" else "karte"
    return str(Path(sys.executable).with_name(name))
