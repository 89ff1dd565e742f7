"""`karte agent`: this machine's inputs, its enrolment, and collecting from it."""

from pathlib import Path

import click

from collectors.agent.session import Session, with_session
from collectors.registry import INPUTS


@click.group()
def agent() -> None:
    """この機器の収集エージェント / This machine: inputs, enrolment, collecting."""


@agent.command()
@click.option(
    "--output", type=click.Path(allow_dash=True), help="送信せずファイル（-は標準出力）へ / to a file instead"
)
@with_session
def once(session: Session, output: str | None) -> None:
    """1回だけ収集して送信します / Collect once and send."""
    from collectors.agent.service import collect_once

    lines = collect_once(session.config)
    text = "".join(f"{line}\n" for line in lines)
    if output == "-":
        click.echo(text, nl=False)
    elif output is not None:
        Path(output).write_text(text, encoding="utf-8")


@agent.command()
@with_session
def sample(_session: Session) -> None:
    """全項目の設定見本を表示します / Show a sample configuration with all inputs."""
    from collectors.agent.sample import full_sample

    click.echo(full_sample(INPUTS), nl=False)
