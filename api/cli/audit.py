"""`karte audit`: who did what, and whether the log of it is whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from api.audit import export as exporting
from api.audit.log import verify as verify_log
from api.audit.search import Wanted, newest_first
from api.cli.moment import moment_past
from api.cli.speech import Command, Failed, lang_option, say
from api.cli.store import data_dir_option, reading
from api.cli.table import format_option, local_time, show_json, show_rows
from api.models import AuditEntry
from collectors.atomic import replace_file_by_parts
from collectors.text import Text

_Writer = Callable[[Iterable[AuditEntry]], Iterator[bytes]]
FORMS: Mapping[str, _Writer] = {
    "jsonl": exporting.json_lines,
    "csv": exporting.table,
}


@click.group()
def audit() -> None:
    """監査ログ（誰が何をしたか） / The audit log: who did what."""


def _wanted_options(command: Command) -> Command:
    for option in (
        click.option("--until", callback=moment_past, help="この時刻より前（12h、14d、日付） / before this moment"),
        click.option("--since", callback=moment_past, help="この時刻から（12h、14d、日付） / from this moment on"),
        click.option("--action", default="", help="操作（contract.suspend、contract など） / what was done"),
        click.option("--actor", default="", help="した人のIDか名前 / id or name of who did it"),
        click.option("--contract", default="", help="この契約だけ / only of this contract"),
    ):
        command = option(command)
    return command


def _wanted(given: dict[str, Any]) -> Wanted:
    since: datetime | None = given["since"]
    return Wanted(given["contract"].strip().lower(), given["actor"], given["action"], since, given["until"])


@audit.command("list")
@_wanted_options
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="最大件数 / at most so many")
@format_option
@lang_option
@data_dir_option
def list_(limit: int, form: str, directory: Path | None, **given: Any) -> None:
    """新しい順の一覧 / List entries, the newest first."""
    with reading(directory) as session:
        found = session.scalars(newest_first(_wanted(given)).limit(limit)).all()
    if form == "json":
        show_json([exporting.said(each) for each in found])
        return
    rows = [
        {
            "at": each.at,
            "who": each.actor_name,
            "action": each.action,
            "contract": each.contract or "-",
            "target": each.target or "-",
        }
        for each in found
    ]
    show_rows(rows, form, Text("該当する記録はありません", "there is no such entry"))


@audit.command()
@format_option
@lang_option
@data_dir_option
def verify(form: str, directory: Path | None) -> None:
    """記録が変えられていないかを調べます / Look whether entries were changed, removed or put in."""
    with reading(directory) as session:
        found = verify_log(session)
    broken = found.broken
    if form == "json":
        place = None if broken is None else {"id": broken.id, "at": broken.at}
        show_json({"entries": found.entries, "newest": found.newest, "broken": place})
    if broken is not None:
        at = local_time(broken.at)
        raise Failed(
            Text(
                f"監査ログが {broken.id} 番（{at}）で途切れています。その前の {found.entries} 件は正常です。"
                "バックアップと比べてください",
                f"the audit log breaks at entry {broken.id} ({at}); the {found.entries} entries before it are as "
                "they were; compare with a backup",
            )
        )
    if form != "json":
        say(
            Text(
                f"監査ログ {found.entries} 件に変更はありません",
                f"all {found.entries} entries of the audit log are as they were",
            ),
            Text(f"最新のハッシュ: {found.newest}", f"newest hash: {found.newest}"),
            Text(
                "末尾が削除されていないかを後で確かめるため、この値を別の場所に控えてください",
                "keep this value elsewhere: it tells later whether entries at the end are gone",
            ),
        )


@audit.command()
@_wanted_options
@click.option("--as", "kind", type=click.Choice(list(FORMS)), default="jsonl", show_default=True, help="形式 / form")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="出力先（省略時は標準出力） / file, else standard output",
)
@lang_option
@data_dir_option
def export(kind: str, output: Path | None, directory: Path | None, **given: Any) -> None:
    """古い順に書き出します / Write entries to a file, the oldest first."""
    with reading(directory) as session:
        parts = FORMS[kind](exporting.entries(session, _wanted(given)))
        if output is None:
            for part in parts:
                click.echo(part, nl=False)
            return
        try:
            replace_file_by_parts(output, parts)
        except OSError as error:
            raise Failed(
                Text(f"{output} に書き込めません: {error.strerror}", f"{output} cannot be written: {error.strerror}")
            ) from None
    say(Text(f"{output} に書き出しました", f"written to {output}"))
