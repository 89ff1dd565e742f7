"""Lines of a printed list, each one a product or not understood, the last of which may be cut off."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from collectors.inventory import SoftwareItem
from collectors.text import Text

CUT = Text("一覧が途中で切れている可能性があります", "the list may be cut off: its last line has no end")


class UnknownLine(ValueError):
    """The line is not of the form that was expected."""


ReadLine = Callable[[str], SoftwareItem | None]
"""A line to what it lists; None for what is listed and not installed. Raises UnknownLine."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of an output.

    Attributes:
        whole: those that end with a line end, without blank ones.
        is_cut: True where the last line had no end, so that it is left out.
    """

    whole: list[str]
    is_cut: bool


def lines_of(text: str) -> Lines:
    """Return the lines of a text."""
    lines = text.replace("\r", "").lstrip("\ufeff").split("\n")
    last = lines.pop()
    return Lines([line for line in lines if line.strip()], bool(last.strip("\0 ")))


def are_mostly(lines: Sequence[str], read: ReadLine) -> bool:
    """Tell whether more than half of the lines can be read so."""
    unknown = sum(1 for line in lines if _is_unknown(line, read))
    return bool(lines) and 2 * unknown < len(lines)


def items_in(lines: Iterable[str], read: ReadLine) -> tuple[list[SoftwareItem], int]:
    """Return what lines list, and how many of them were not understood."""
    found, unknown = [], 0
    for line in lines:
        try:
            item = read(line)
        except UnknownLine:
            unknown += 1
            continue
        if item is not None:
            found.append(item)
    return found, unknown


def not_understood(count: int) -> Text:
    """Return why a list is incomplete of which some lines could not be read."""
    return Text(f"{count} 行を解釈できません", f"{count} lines could not be understood")


def _is_unknown(line: str, read: ReadLine) -> bool:
    try:
        read(line)
    except UnknownLine:
        return True
    return False
