"""`karte rollup`: the hourly rollup, by hand, and how far it is."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from api.cli.moment import moment_past
from api.cli.settings import service_config, service_engine
from api.cli.speech import Failed, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, opened, reading
from api.cli.table import format_option, local_time, show_json
from api.models.base import utc_now
from api.rollup.fill import Filled, Filler
from api.rollup.progress import RollupError
from api.rollup.status import Status, read_status
from collectors.text import Text


@click.group()
def rollup() -> None:
    """1時間ごとの集計 / The hourly rollup."""


@rollup.command()
@click.option(
    "--since",
    callback=moment_past,
    help="この時点からすべて集計し直す（12h、14d、2026-03-31） / roll up again all from then on",
)
@lang_option
@data_dir_option
def run(since: datetime | None, directory: Path | None) -> None:
    """集計が必要な分を今すぐ集計します / Roll up now what is due; the worker does so every few minutes."""
    config = service_config(directory)
    with service_engine(config, directory) as engine, opened(directory) as database:
        try:
            with _Bar() as bar:
                filled = Filler(database, engine, config, progress=bar.show).run(since)
        except RollupError as error:
            raise Failed(error.text) from None
    _tell(filled, since)
    say(next_step("karte rollup status", directory))


@rollup.command()
@format_option
@lang_option
@data_dir_option
def status(form: str, directory: Path | None) -> None:
    """集計がどこまで進んでいるか / How far the rollup is, and what waits to be rolled up again."""
    with reading(directory) as session:
        found = read_status(session, utc_now())
    if form == "json":
        show_json(asdict(found))
    else:
        say(*_lines(found, directory))


class _Bar:
    """A progress bar of hours, whose length is known once the work has begun."""

    def __init__(self) -> None:
        label = Text("集計中", "Rolling up").in_(spoken())
        self._bar = click.progressbar(length=1, label=label)
        self._shown = 0

    def __enter__(self) -> "_Bar":
        self._bar.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.__exit__(*error)  # type: ignore[arg-type]  # handed on as it came

    def show(self, done: int, due: int) -> None:
        """Show hours done of hours due."""
        self._bar.length = due
        self._bar.update(done - self._shown)
        self._shown = done


def _tell(filled: Filled, since: datetime | None) -> None:
    until = local_time(filled.done_until) if filled.done_until else "-"
    say(
        Text(
            f"新しく {filled.hours} 時間分を集計し、{filled.points} 件を書き込みました（{until} まで集計済み）",
            f"rolled up {filled.hours} new hours, wrote {filled.points} points; done until {until} (Japan)",
        )
    )
    if since:
        again = local_time(since)
        say(Text(f"{again} からの分を集計し直しました", f"rolled up again all from {again} (Japan) on"))
    if filled.contracts:
        say(
            Text(
                f"遅れて届いたデータのため、{filled.contracts} 件の契約を集計し直しました",
                f"rolled up again {filled.contracts} contracts that got data late",
            )
        )
    if filled.refused:
        say(
            Text(
                f"一部の値は受け付けられませんでした: {filled.refused}",
                f"some values were not taken: {filled.refused}",
            ),
            err=True,
        )


def _lines(found: Status, directory: Path | None) -> list[Text]:
    if found.done_until is None or found.behind_hours is None:
        lines = [Text("まだ何も集計していません", "nothing is rolled up yet")]
    else:
        until = local_time(found.done_until)
        lines = [Text(f"{until} まで集計済みです（日本時間）", f"done until {until} (Japan)")]
        lines.append(_behind(found.behind_hours))
    if found.running_until:
        lines.append(Text("いま集計しています", "a run is under way"))
    for each in found.pending:
        since, noted = local_time(each.since), local_time(each.noted_at)
        lines.append(
            Text(
                f"集計し直し待ち: {each.contract}（{each.name}）{since} 以降（最後に届いたのは {noted}）",
                f"to be rolled up again: {each.contract} ({each.name}) from {since} on; data last came late at {noted}",
            )
        )
    if not found.running_until and (found.behind_hours != 0 or found.pending):
        lines.append(next_step("karte rollup run", directory))
    return lines


def _behind(hours: int) -> Text:
    if hours == 0:
        return Text("遅れはありません", "nothing is due")
    return Text(f"{hours} 時間分が集計待ちです", f"{hours} hours are due")
