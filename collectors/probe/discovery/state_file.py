"""The file in which discovery remembers assets between scans and restarts."""

import logging
from pathlib import Path
from typing import Final

import msgspec

from collectors.atomic import replace_file
from collectors.probe.discovery.known import Memory
from collectors.text import Text

VERSION: Final = 1
_MOST_SET_ASIDE: Final = 3

_log = logging.getLogger(__name__)

_DAMAGED: Final = Text(
    "LAN上の機器の記録{path}が壊れているため{aside}に退避し、記録をはじめからやり直します",
    "the record of LAN devices {path} is damaged: set aside as {aside}; recording starts anew",
)


class _File(msgspec.Struct, frozen=True):
    version: int
    memory: Memory


def load(path: Path) -> Memory:
    """Return what is remembered; nothing where there is no file, or a damaged one, which is set aside.

    Raises:
        OSError: the file is there and cannot be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Memory()
    try:
        read = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        read = None
    if read is None or read.version != VERSION:
        _set_aside(path)
        return Memory()
    return read.memory


def save(path: Path, memory: Memory) -> None:
    """Write what is remembered, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, msgspec.json.encode(_File(VERSION, memory), order="deterministic"))


def _set_aside(path: Path) -> None:
    places = [path.with_name(f"{path.name}.damaged{number}") for number in range(1, _MOST_SET_ASIDE + 1)]
    aside = next((each for each in places if not each.exists()), places[-1])
    path.replace(aside)
    _log.warning(Text(*(text.format(path=path, aside=aside.name) for text in (_DAMAGED.ja, _DAMAGED.en))))
