"""A TOML file as tables whose keys are checked, with the line in every complaint."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collectors.agent.setting import Kind
from collectors.agent.toml_lines import line_of
from collectors.agent.wording import AgentError, fill
from collectors.text import Text


class ConfigError(AgentError):
    """The configuration file cannot be used; the text names file, line and what to do."""


_UNKNOWN = Text("「{key}」という設定はありません（{hint}）", "there is no setting {key!r}; {hint}")
_NEAR = Text("「{near}」のことですか", "did you mean {near!r}?")
_VALID = Text("使えるのは {valid}", "there are {valid}")
_NONE = Text("ここに設定はありません", "nothing can be set here")
_WRONG = Text("{key}の値{value}は使えません。{expected}にしてください", "{key} is {value}; it must be {expected}")
_NOT_TABLE = Text("{key}は[{key}]のような表にしてください", "{key} must be a table, as in [{key}]")
_NOT_TABLES = Text("{key}は[[{key}]]のような表の並びにしてください", "{key} must be tables, as in [[{key}]]")

SECRETS = ("community", "auth_key", "priv_key")
"""Keys of a device that have a file beside them, named `KEY_file`."""

HIDDEN = (*SECRETS, "communities")
"""Keys whose values no message shows."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The text of a file, and its path for messages."""

    text: str
    path: Path

    def top(self) -> "Table":
        """Return the file's top table.

        Raises:
            ConfigError: the text is not TOML.
        """
        try:
            return Table(self, (), tomllib.loads(self.text))
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+), column \d+\)", str(error))
            line = found[1] if found else str(len(self.text.splitlines()))
            place, why = f"{self.path}:{line}", str(error).split(" (at ")[0]
            raise ConfigError(Text(f"{place}: TOMLとして読めません: {why}", f"{place}: not TOML: {why}")) from None

    def error(self, where: Sequence[str | int], text: Text) -> ConfigError:
        """Return a complaint about what stands at a path of keys."""
        place = f"{self.path}:{line_of(self.text, where)}: "
        return ConfigError(Text(place + text.ja, place + text.en))


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file, and where it stands."""

    file: ConfigFile
    where: tuple[str | int, ...]
    values: Mapping[str, Any]

    def error(self, key: str, text: Text) -> ConfigError:
        """Return a complaint about one key of this table."""
        return self.file.error((*self.where, key), text)

    def table(self, key: str) -> "Table":
        """Return a table within this one; an empty one where the file has none.

        Raises:
            ConfigError: it is something else.
        """
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, fill(_NOT_TABLE, key=self._dotted(key)))
        return Table(self.file, (*self.where, key), value)

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of an array of tables; none where the file has none.

        Raises:
            ConfigError: it is something else.
        """
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.error(key, fill(_NOT_TABLES, key=self._dotted(key)))
        return [Table(self.file, (*self.where, key, index), each) for index, each in enumerate(value)]

    def refuse_unknown(self, valid: Sequence[str]) -> None:
        """Check that no key is unknown.

        Raises:
            ConfigError: one is; the text names the nearest valid key, or all of them.
        """
        for key in self.values:
            if key not in valid:
                raise self.error(key, _unknown(self._dotted(key), key, valid))

    def read(self, key: str, kind: Kind[Any], default: Any) -> Any:
        """Return the value of a key, or the default where the file does not say.

        Raises:
            ConfigError: the value is not of its kind.
        """
        if key not in self.values:
            return default
        value = self.values[key]
        try:
            return kind.read(value)
        except (ValueError, OverflowError):
            shown = "***" if key in HIDDEN else json.dumps(value, ensure_ascii=False, default=str)[:60]
            wrong = fill(_WRONG, key=self._dotted(key), value=shown, expected=kind.expected)
            raise self.error(key, wrong) from None

    def _dotted(self, key: str) -> str:
        return ".".join(str(step) for step in (*self.where, key) if isinstance(step, str))


def _unknown(dotted: str, key: str, valid: Sequence[str]) -> Text:
    near = difflib.get_close_matches(key, valid, n=1, cutoff=0.5)
    if near:
        return fill(_UNKNOWN, key=dotted, hint=fill(_NEAR, near=near[0]))
    return fill(_UNKNOWN, key=dotted, hint=fill(_VALID, valid=", ".join(valid)) if valid else _NONE)
