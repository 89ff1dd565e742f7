"""How `karte probe` says that something went wrong: one line, in the language of the call."""

from typing import IO, Any

import click

from collectors.text import Lang, Text

_ERROR = Text("エラー", "Error")
_HELP = Text("使い方の詳細: {command} --help", "Try '{command} --help' for help.")


class Failed(click.ClickException):
    """The device could not be read; ends the command with 1."""

    def __init__(self, text: Text, lang: Lang) -> None:
        super().__init__(text.in_(lang))
        self._lang = lang

    def show(self, file: IO[Any] | None = None) -> None:
        """Write the line."""
        click.echo(f"{_ERROR.in_(self._lang)}: {self.message}", file=file, err=True)


class WrongUse(click.UsageError):
    """The command was called in a way that cannot be; ends it with 2, after how to call it."""

    def __init__(self, text: Text, lang: Lang) -> None:
        super().__init__(text.in_(lang), click.get_current_context())
        self._lang = lang

    def show(self, file: IO[Any] | None = None) -> None:
        """Write how to call the command and the line."""
        if self.ctx:
            click.echo(self.ctx.get_usage(), file=file, err=True)
            click.echo(_HELP.in_(self._lang).format(command=self.ctx.command_path) + "\n", file=file, err=True)
        click.echo(f"{_ERROR.in_(self._lang)}: {self.message}", file=file, err=True)
