"""A table of the reasons that one input can give: name -> state and words, in the two languages."""

from collections.abc import Mapping

from collectors.point import FieldValue
from collectors.text import Text
from collectors.verdict import State, Verdict

UNREADABLE = "unreadable"
"""The reason of every table for a source that could not be read; it takes `why`."""

_UNREADABLE = (State.UNKNOWN, Text("状態を読み取れません（{why}）", "cannot be read: {why}"))


class Reasons:
    """The reasons of one input; `UNREADABLE` is always among them."""

    def __init__(self, table: Mapping[str, tuple[State, Text]]) -> None:
        """Take the table; words may name values as `{name}`."""
        self._table = {UNREADABLE: _UNREADABLE, **table}

    def verdict(self, code: str, **values: Text | str | int | float) -> Verdict:
        """Return the verdict of that name with the values in its words."""
        state, text = self._table[code]
        ja = text.ja.format(**{name: value.ja if isinstance(value, Text) else value for name, value in values.items()})
        en = text.en.format(**{name: value.en if isinstance(value, Text) else value for name, value in values.items()})
        return Verdict(state, code, Text(ja, en))


def known(values: Mapping[str, FieldValue | None]) -> dict[str, FieldValue]:
    """Return the fields whose value is known."""
    return {name: value for name, value in values.items() if value is not None}
