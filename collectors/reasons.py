"""A table of the reasons that one input can give: name -> state and words, in the two languages."""

from collections.abc import Iterable, Mapping

from collectors.point import FieldValue
from collectors.scalar import in_brief
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


def because(causes: Iterable[Text]) -> Text:
    """Return several causes as one, each said once, on one line that a screen and a report can hold."""
    told = list(causes)
    ja, en = dict.fromkeys(each.ja for each in told), dict.fromkeys(each.en for each in told)
    return Text(in_brief("、".join(ja)), in_brief("; ".join(en)))


def told_by(said: object) -> Text:
    """Return words of a program, or of an error, as a cause: in brief and in the language that they have."""
    return because([Text(str(said), str(said))])


def known(values: Mapping[str, FieldValue | None]) -> dict[str, FieldValue]:
    """Return the fields whose value is known."""
    return {name: value for name, value in values.items() if value is not None}
