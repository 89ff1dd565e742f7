"""How the staff commands speak: Japanese, or English where `--lang` or the locale asks for it."""

from collections.abc import Callable
from typing import IO, Any

import click

from collectors.agent.wording import default_lang
from collectors.text import Lang, Text

Command = Callable[..., Any]

_KEY = "karte.lang"
_ERROR = Text("エラー", "Error")
_HELP = Text("使い方の詳細: {command} --help", "Try '{command} --help' for help.")


def lang_option(command: Command) -> Command:
    """Add `--lang` to a command; `spoken`, `say` and the errors of this module heed it."""
    return click.option(
        "--lang",
        type=click.Choice(["ja", "en"]),
        help="表示の言語 / language of what is shown",
        callback=choose,
        is_eager=True,  # the callbacks of other options speak already
        expose_value=False,
    )(command)


def choose(ctx: click.Context, _param: click.Parameter, value: Lang | None) -> Lang | None:
    """Take an option's value as the language of this call, where it is given."""
    if value:
        ctx.meta[_KEY] = value
    return value


def spoken() -> Lang:
    """Return the language of this call."""
    context = click.get_current_context(silent=True)
    chosen: Lang | None = context.meta.get(_KEY) if context else None
    return chosen or default_lang()


def say(*texts: Text, err: bool = False) -> None:
    """Write each text as a line."""
    for text in texts:
        click.echo(text.in_(spoken()), err=err)


class Failed(click.ClickException):
    """The command could not do its work; ends it with 1 and one line."""

    def __init__(self, text: Text) -> None:
        # Asked now: when it is shown, the command's context is gone.
        self.lang = spoken()
        super().__init__(text.in_(self.lang))

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line."""
        click.echo(f"{_ERROR.in_(self.lang)}: {self.message}", file=file, err=True)


class WrongUse(click.UsageError):
    """The command was called in a way that cannot be; ends it with 2, how to call it and one line."""

    def __init__(self, text: Text) -> None:
        self.lang = spoken()
        super().__init__(text.in_(self.lang), click.get_current_context())

    def show(self, file: IO[Any] | None = None) -> None:
        """Write how to call the command and the line."""
        if self.ctx:
            click.echo(self.ctx.get_usage(), file=file, err=True)
            click.echo(_HELP.in_(self.lang).format(command=self.ctx.command_path) + "\n", file=file, err=True)
        click.echo(f"{_ERROR.in_(self.lang)}: {self.message}", file=file, err=True)
