"""In which order names stand for people: PC-2 before PC-10."""

import re

_NUMBER = re.compile(r"(\d+)")


def natural(name: str) -> tuple[str | int, ...]:
    """Return what to sort a name by: letters and, as numbers, its digits, by turns. Case does not matter."""
    # Splitting by a group gives letters at even places and digits at odd ones, so the same kinds are compared.
    return tuple(int(part) if place % 2 else part.casefold() for place, part in enumerate(_NUMBER.split(name)))
