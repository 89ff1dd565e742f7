"""`karte agent`: this machine's inputs, its enrolment, and collecting from it."""

import json
import sys
from pathlib import Path

import click

from collectors.agent.session import FAILED, WRONG_USE, Session, with_session
from collectors.agent.setting import URL, show_duration
from collectors.agent.wording import AgentError, fill
from collectors.registry import INPUTS
from collectors.text import Text

_SENT = Text("収集して送信しました", "collected and sent")
_UNSENT = Text(
    "収集しましたが、{points}行を送信できませんでした。スプールに残っており、次回送信します",
    "collected, but {points} lines could not be sent: they stay in the spool and go with the next try",
)
_LISTS_UNSENT = Text(
    "収集しましたが、一覧（インベントリ）を送信できませんでした。保存してあり、次回送信します",
    "collected, but a list (inventory) could not be sent: it is kept and goes with the next try",
)
_CANNOT_WRITE = Text("{path}に書き込めません: {why}", "cannot write {path}: {why}")
_NOTHING = Text("報告する値はありません", "nothing to report")
_BAD_URL = Text("{url}はURLとして使えません。{expected}を指定してください", "{url} cannot be used; give {expected}")
_ENROLLED = Text(
    "この機器（{kind}）を{customer}の機器{device}として登録しました。資格情報: {path}",
    "enrolled this machine ({kind}) as device {device} of {customer}; credentials: {path}",
)
_ENROLLED_AGAIN = Text(
    "この機器（{kind}）は登録済みです。{customer}の機器{device}として資格情報を更新しました: {path}",
    "this machine ({kind}) was enrolled before: renewed its credentials as device {device} of {customer}: {path}",
)
_KIND_HINT = Text(
    "機器の種類は推定です。違う場合は --kind pc|server|nas を付けて登録し直してください",
    "the kind is a guess: if it is wrong, enrol again with --kind pc|server|nas",
)
_NEXT = Text(
    "次に: karte agent check で動作環境を確認し、karte agent run で収集を始めてください",
    "next: karte agent check looks whether all is in place, karte agent run begins to collect",
)
_YES, _NO = Text("可", "yes"), Text("不可", "no")
_OFF = Text("無効", "off")
_HEAD = (
    Text("名前", "name"),
    Text("利用", "usable"),
    Text("間隔", "interval"),
    Text("内容", "what"),
    Text("状況", "state"),
)
_LEVELS = {"ok": Text("[OK]", "[ok]"), "note": Text("[参考]", "[note]"), "problem": Text("[問題]", "[problem]")}


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
    from collectors.agent import service

    if output is None:
        points, is_sent = service.send_once(session.config)
        session.say(_SENT if is_sent else fill(_UNSENT, points=points) if points else _LISTS_UNSENT)
        sys.exit(0 if is_sent else FAILED)
    text = "".join(f"{line}\n" for line in service.collect_once(session.config))
    if output == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise AgentError(fill(_CANNOT_WRITE, path=output, why=error.strerror)) from None


@agent.command()
@with_session
def run(session: Session) -> None:
    """収集と送信を続けます（SIGTERMで終了） / Collect and send until SIGTERM."""
    from collectors.agent import service

    service.run(session.config)


@agent.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="形式 / form")
@with_session
def inputs(session: Session, form: str) -> None:
    """収集項目と、この機器で使えるかどうか / Inputs and whether they work here."""
    from collectors.agent.listing import listed_inputs
    from collectors.agent.text_table import table

    found = listed_inputs(session.config, INPUTS)
    if form == "json":
        click.echo(json.dumps([each.as_json(session.lang) for each in found], ensure_ascii=False, indent=2))
        return
    cells = [[head.in_(session.lang) for head in _HEAD]]
    for each in found:
        state = each.usable.reason if each.is_enabled else _OFF
        interval = Text(*[show_duration(each.interval_s)] * 2)
        words = (_YES if each.usable.ok else _NO, interval, each.declared.text, state)
        cells.append([each.declared.name, *(word.in_(session.lang) for word in words)])
    click.echo(table(cells), nl=False)


@agent.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="形式 / form")
@with_session
def check(session: Session, form: str) -> None:
    """この機器で動かせるか確認します / Look whether all is in place."""
    from collectors.agent import checks

    found = []
    for each in checks.run(session.config):
        found.append(each)
        if form == "text":
            line = "{level} {subject}: {text}"
            session.show(fill(Text(line, line), level=_LEVELS[each.level], subject=each.subject, text=each.text))
    if form == "json":
        lang = session.lang
        rows = [{"subject": e.subject.in_(lang), "level": e.level, "text": e.text.in_(lang)} for e in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    sys.exit(FAILED if any(each.level is checks.Level.PROBLEM for each in found) else 0)


@agent.command()
@click.argument("name", metavar="INPUT")
@click.argument("file", type=click.Path(allow_dash=True))
@click.option("--format", "form", type=click.Choice(["lp", "json"]), default="lp", help="形式 / form")
@with_session
def parse(session: Session, name: str, file: str, form: str) -> None:
    """記録された出力（-は標準入力）を読みます / Points from a recorded raw output."""
    from collectors.agent import parsing

    try:
        declared = parsing.find_input(name, INPUTS)
    except parsing.UnknownInput as error:
        session.say(error.text)
        sys.exit(WRONG_USE)
    recording = parsing.read_recording(file)
    points = parsing.parse_recording(declared, recording, file)
    if not points:
        session.say(_NOTHING)
    if form == "json" and declared.listed and points:
        click.echo(parsing.as_json(points, declared.listed(recording)), nl=False)
    else:
        click.echo(parsing.FORMATS[form](points), nl=False)


@agent.command()
@click.argument("url")
@click.argument("code")
@click.option("--kind", type=click.Choice(["pc", "server", "nas", "probe"]), help="機器の種類 / kind of machine")
@with_session
def enroll(session: Session, url: str, code: str, kind: str | None) -> None:
    """インストールIDでこの機器を登録します / Enrol this machine with an install ID."""
    from collectors.agent import enrolment
    from collectors.agent.service import host

    config = session.config
    try:
        base = URL.read(url)
    except ValueError:
        base = ""
    if not base:
        session.say(fill(_BAD_URL, url=url, expected=URL.expected))
        sys.exit(WRONG_USE)
    machine = enrolment.this_machine(config.data_dir, host(config), kind)
    done = enrolment.enrol(base, code, machine, session.lang, config.gateway.proxy, config.gateway.ca_file)
    path = config.credentials_path
    done.credentials.save(path)
    told = {"kind": machine.kind, "customer": done.customer or done.credentials.contract, "path": path}
    session.show(fill(_ENROLLED if done.is_new else _ENROLLED_AGAIN, device=done.credentials.device, **told))
    if kind is None:
        session.show(_KIND_HINT)
    session.show(_NEXT)


@agent.command()
@with_session
def sample(_session: Session) -> None:
    """全項目の設定見本を表示します / Show a sample configuration with all inputs."""
    from collectors.agent.sample import full_sample

    click.echo(full_sample(INPUTS), nl=False)


@agent.command("service")
@click.option("--format", "form", type=click.Choice(["systemd", "windows"]), help="形式（省略時はこの機器用） / form")
@with_session
def autostart(session: Session, form: str | None) -> None:
    """機器の起動時に始めるための設定を表示します / Show what starts the agent with the machine."""
    from collectors.agent.autostart import RECIPES, default_form, this_program

    recipe = RECIPES[form or default_form()]
    click.echo(recipe.text(this_program()), nl=False)
    session.say(recipe.steps)
