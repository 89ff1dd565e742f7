"""How the agent speaks to people: two languages, one line, no traceback."""

import locale
import logging
import os
from collections.abc import Mapping

from collectors.text import Lang, Text

_VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


class AgentError(Exception):
    """Something that a person has to know or mend; `text` says what, where and what to do, in one line.

    Attributes:
        text: the message in both languages; `str()` gives the English one.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def fill(text: Text, /, **values: object) -> Text:
    """Return the text with its `{name}` places filled in both languages; a value may be a `Text` itself."""
    japanese = {name: value.ja if isinstance(value, Text) else value for name, value in values.items()}
    english = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    return Text(ja=text.ja.format(**japanese), en=text.en.format(**english))


def default_lang(environment: Mapping[str, str] = os.environ) -> Lang:
    """Return the language that this process is asked to speak: English where it says so, otherwise Japanese.

    The variables are asked before the locale in force, for a machine on which the locale that they name was never
    generated runs in "C". Their order is that of gettext(3), "Locale Environment Variables".
    """
    named = next((value for name in _VARIABLES if (value := environment.get(name))), "")
    # Not getlocale(), which takes the neutral "C.UTF-8" of containers for American English.
    return "en" if (named or locale.setlocale(locale.LC_CTYPE)).lower().startswith("en") else "ja"


class LangFormatter(logging.Formatter):
    """Writes log records whose message is a `Text` in one language, so that nothing else needs to know which."""

    def __init__(self, lang: Lang, line: str = "%(asctime)s %(levelname)s %(message)s") -> None:
        super().__init__(line)
        self._lang = lang

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Put the message's text into the line."""
        if isinstance(record.msg, Text):
            record.message = record.msg.in_(self._lang)
        return super().formatMessage(record)
