"""What every command of `karte agent` shares: configuration, language, and one line instead of a traceback."""

import functools
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from collectors.agent.config import load
from collectors.agent.config_file import ConfigError
from collectors.agent.settings import Config
from collectors.agent.wording import AgentError, LangFormatter, default_lang
from collectors.registry import INPUTS
from collectors.text import Lang, Text

FAILED, WRONG_USE = 1, 2


@dataclass(frozen=True, slots=True)
class Session:
    """One call of a command.

    Attributes:
        config: the settings in force.
        lang: the language to speak.
    """

    config: Config
    lang: Lang

    def say(self, text: Text) -> None:
        """Tell a person something, apart from the command's output."""
        click.echo(text.in_(self.lang), err=True)

    def show(self, text: Text) -> None:
        """Write a line of the command's output."""
        click.echo(text.in_(self.lang))


def with_session(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--config` and `--lang`, and a `Session` as its first argument."""

    @click.option(
        "--config",
        "config_path",
        type=click.Path(dir_okay=False, path_type=Path),
        help="設定ファイル / configuration file",
    )
    @click.option("--lang", type=click.Choice(["ja", "en"]), help="言語 / language")
    @functools.wraps(command)
    def call(config_path: Path | None, lang: Lang | None, **options: Any) -> None:
        spoken = lang or default_lang()
        try:
            config = load(config_path, INPUTS)
            spoken = lang or _configured(config) or spoken
            _log_to_stderr(spoken, config.agent.log_level)
            command(Session(config, spoken), **options)
        except AgentError as error:
            click.echo(error.text.in_(spoken), err=True)
            sys.exit(WRONG_USE if isinstance(error, ConfigError) else FAILED)

    return call


def _configured(config: Config) -> Lang | None:
    return {"ja": "ja", "en": "en"}.get(config.agent.lang)  # type: ignore[return-value]


def _log_to_stderr(lang: Lang, level: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(LangFormatter(lang))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # The libraries say on their own account what the sender says once and better.
    for library in ("urllib3", "influxdb_client"):
        logging.getLogger(library).setLevel(max(logging.ERROR, root.level))
