"""Lists on a terminal: a table for people, JSON for programs."""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click

from api.cli.columns import COLUMNS
from api.cli.speech import say, spoken
from api.models.base import SERVICE_ZONE
from collectors.text import Lang, Text

Row = Mapping[str, Any]
Command = Callable[..., Any]


def format_option(command: Command) -> Command:
    """Add `--format` to a command, which gets it as `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json"]),
        default="table",
        show_default=True,
        help="形式 / output form",
    )(command)


def show_rows(rows: Sequence[Row], form: str, empty: Text) -> None:
    """Write rows as a table, headed as `columns.COLUMNS` names their keys, or as a JSON array.

    Args:
        rows: all with the same keys; datetimes are shown in the time of Japan, and are ISO 8601 in UTC in JSON.
        form: "table" or "json".
        empty: what a person reads where there are no rows.
    """
    if form == "json":
        show_json(list(rows))
    elif not rows:
        say(empty)
    else:
        lang = spoken()
        head = [COLUMNS[key].text.in_(lang) for key in rows[0]]
        body = [[_cell(key, value, lang) for key, value in row.items()] for row in rows]
        widths = [max(map(_width, column)) for column in zip(head, *body, strict=True)]
        for line in (head, *body):
            click.echo("  ".join(map(_padded, line, widths)).rstrip())


def show_json(value: object) -> None:
    """Write a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def local_time(moment: datetime) -> str:
    """Return a moment as people in Japan read it, to the minute."""
    return moment.astimezone(SERVICE_ZONE).strftime("%Y-%m-%d %H:%M")


def _cell(key: str, value: object, lang: Lang) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return local_time(value)
    words = COLUMNS[key].words.get(str(value))
    return words.in_(lang) if words else str(value)


def _width(text: str) -> int:
    """Return how many columns a terminal needs: a full-width character takes two (UAX #11)."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
