"""What `karte channel` takes for the fields of a channel. Secrets come from files or are asked for, never as arguments:
those are seen in the list of processes and stay in the shell's history.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from api.channels.fields import FieldText, fields_of
from api.channels.kind import Kind
from api.cli.speech import Failed, WrongUse, spoken
from collectors.text import Text

STDIN = "-"
MAX_SECRET_BYTES = 64 * 1024


def pairs(entered: Iterable[str], option: str) -> dict[str, str]:
    """Return `FIELD=VALUE` entries by field.

    Raises:
        WrongUse: an entry has another form, or a field comes twice.
    """
    found: dict[str, str] = {}
    for each in entered:
        name, separator, value = each.partition("=")
        if not separator or not name:
            # What was typed is not repeated: it may be a secret in the wrong place.
            raise WrongUse(
                Text(f"{option} は 項目=値 の形で指定してください", f"{option} takes FIELD=VALUE; one entry has no =")
            )
        if name in found:
            raise WrongUse(Text(f"{option} {name} が2回指定されています", f"{option} {name} is given twice"))
        found[name] = value
    return found


def settings_of(kind: Kind, entered: Iterable[str]) -> dict[str, object]:
    """Return the fields given by `--set`; those that take several values have them separated by commas.

    Raises:
        WrongUse: an entry has another form, or names a secret.
    """
    by_name = {each.name: each for each in fields_of(kind.settings)}
    secrets = {each.name for each in fields_of(kind.secret)}
    given = pairs(entered, "--set")
    for name in given.keys() & secrets:
        raise WrongUse(
            Text(
                f"{name} は秘密の値です。--secret {name}=ファイル（標準入力なら {name}=-）で渡してください",
                f"{name} is a secret; give it as --secret {name}=FILE, or {name}=- for standard input",
            )
        )
    return {name: _typed(by_name.get(name), value) for name, value in given.items()}


def _typed(field: FieldText | None, value: str) -> object:
    if field is None or not field.is_list:
        return value
    return [each.strip() for each in value.split(",") if each.strip()]


def secret_of(kind: Kind, entered: Iterable[str]) -> dict[str, object]:
    """Return the secret fields, from files or standard input; what is missing is asked for on a terminal.

    Raises:
        WrongUse: an entry has another form.
        Failed: a file cannot be read.
    """
    given = pairs(entered, "--secret")
    if sum(1 for source in given.values() if source == STDIN) > 1:
        raise WrongUse(
            Text("標準入力（-）から渡せる値は1つだけです", "only one value can come from standard input (-)")
        )
    found: dict[str, object] = {name: _content(name, source) for name, source in given.items()}
    return {**found, **_asked_for(kind, found)}


def _asked_for(kind: Kind, found: Mapping[str, object]) -> dict[str, object]:
    if not sys.stdin.isatty():
        return {}
    missing = [each for each in fields_of(kind.secret) if each.is_required and each.name not in found]
    return {
        each.name: click.prompt(f"{each.text.in_(spoken())} ({each.name})", hide_input=True, err=True)
        for each in missing
    }


def _content(name: str, source: str) -> str:
    try:
        raw = sys.stdin.buffer.read(MAX_SECRET_BYTES + 1) if source == STDIN else _read(Path(source))
        text = raw.decode("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        # What was typed is not repeated: it may be the secret itself in place of its file.
        why = (error.strerror or "") if isinstance(error, OSError) else "UTF-8"
        raise Failed(
            Text(
                f"--secret {name} のファイルを読めません: {why}。値を入れたファイルの場所を指定してください",
                f"the file of --secret {name} cannot be read: {why}; give the path of a file that holds the value",
            )
        ) from None
    if len(raw) > MAX_SECRET_BYTES:
        raise Failed(Text(f"--secret {name} のファイルが大きすぎます", f"the file of --secret {name} is too large"))
    return text


def _read(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(MAX_SECRET_BYTES + 1)
