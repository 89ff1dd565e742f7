"""`karte report`: building and listing diagnosis reports."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from api.archive import index
from api.cli.lookup import contract_of
from api.cli.report_archive import downloads, erase, rebuild, recover, verify
from api.cli.report_schedule import schedule
from api.cli.settings import service_config, service_engine
from api.cli.speech import Failed, WrongUse, choose, lang_option, say
from api.cli.store import data_dir_option, opened
from api.cli.table import format_option, show_rows
from api.config import Config
from api.db import Database
from api.influx.engine import Engine
from api.models import Contract, ContractState, Report
from api.models.base import utc_now
from api.reports.build import build_report
from api.reports.cabinet import chain_of, open_cabinet, unsettled
from api.reports.delivery.outbox import add_mails
from api.reports.filing import Filed, Maker
from api.reports.period import Period, PeriodError, period_of, require_begun, week_of
from api.reports.store import StoredReport
from api.told import ToldError
from collectors.text import Lang, Text

_SHOWN = ("pdf", "html", "json")
_BY = "command line"


@click.group()
def report() -> None:
    """診断レポートの作成、保管、予定 / Diagnosis reports: made, archived, and sent by schedule."""


for _command in (verify, rebuild, recover, erase, downloads, schedule):
    report.add_command(_command)


@report.command()
@click.option("--contract", "contract_id", help="契約のID / id of the contract")
@click.option("--all", "is_all", is_flag=True, help="有効なすべての契約（作成済みのものは除く） / all that lack it")
@click.option("--again", is_flag=True, help="--all で作成済みのものも作り直す / with --all, also those that have it")
@click.option(
    "--month", help="YYYY-MM（日本時間、省略時は今月の今まで） / a month of Japan; the current one if not given"
)
@click.option("--week", help="YYYY-Www（ISO 8601、月曜から） / a week, from Monday, in place of a month")
@click.option(
    "--lang",
    type=click.Choice(["ja", "en"]),
    callback=choose,
    is_eager=True,
    help="レポートの言語（省略時は契約の言語） / language of the report; the contract's own if not given",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="ファイルの置き場所（保管はしない） / directory for the files, which are not archived then",
)
@click.option("--send", is_flag=True, help="契約の送り方でメールする（karte worker が送信） / mail it as the plan says")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=min(4, os.cpu_count() or 1),
    show_default=True,
    help="--all で同時に作る数 / how many are made at once with --all",
)
@data_dir_option
def build(  # a form with as many fields
    contract_id: str | None,
    is_all: bool,
    again: bool,
    month: str | None,
    week: str | None,
    lang: Lang | None,
    output: Path | None,
    send: bool,
    workers: int,
    directory: Path | None,
) -> None:
    """レポートを作ります（同じ期間のものは旧版として残る） / Build a report; an earlier one stays as an edition."""
    if bool(contract_id) == is_all or (output and (is_all or send)):
        raise WrongUse(
            Text(
                "--contract か --all のどちらかを指定してください（--output は --contract とだけ使えます）",
                "give --contract or --all, and --output only with --contract",
            )
        )
    now = utc_now()
    period = _period(month, week, now)
    with _maker(directory) as maker:
        try:
            if contract_id:
                _build_one(maker, contract_id, period, lang, output, is_sent=send)
            else:
                _build_all(maker, period, lang, again=again, is_sent=send, workers=workers)
        except ToldError as error:
            raise Failed(error.text) from None


def _period(month: str | None, week: str | None, now: datetime) -> Period:
    if month and week:
        raise WrongUse(Text("--month か --week のどちらかにしてください", "give --month or --week, not both"))
    try:
        return week_of(week, now) if week else period_of(month, now)
    except PeriodError as error:
        name = "--week" if week else "--month"
        raise WrongUse(Text(f"{name}: {error.text.ja}", f"{name}: {error.text.en}")) from None


@contextmanager
def _maker(directory: Path | None) -> Iterator[Maker]:
    config = service_config(directory)
    with service_engine(config, directory) as engine, opened(directory) as database:
        yield _made_with(config, database, engine)


def _made_with(config: Config, database: Database, engine: Engine) -> Maker:
    try:
        return Maker(engine, config, open_cabinet(config, database))
    except ToldError as error:
        raise Failed(error.text) from None


def _build_one(
    maker: Maker, contract_id: str, period: Period, lang: Lang | None, output: Path | None, *, is_sent: bool
) -> None:
    with maker.cabinet.database.reading() as session:
        contract = contract_of(session, contract_id)
        require_begun(period, contract.created_at)
        chosen = lang or _own(contract)
        if output:
            made = build_report(contract, maker.engine, maker.config, period, chosen, output, maker.limits)
    if not output:
        made = _filed(maker, contract.id, period, chosen, is_sent=is_sent).stored
    for kind in _SHOWN:
        click.echo(made.path(kind))


def _filed(maker: Maker, contract_id: int, period: Period, lang: Lang, *, is_sent: bool) -> Filed:
    filed = maker.make(contract_id, period, lang, _BY)
    if is_sent:
        with maker.cabinet.database.writing.begin() as session:
            add_mails(session, filed.report, utc_now())
    return filed


@dataclass(frozen=True, slots=True)
class _Wanted:
    contract_id: int
    contract: str
    lang: Lang


def _build_all(maker: Maker, period: Period, lang: Lang | None, *, again: bool, is_sent: bool, workers: int) -> None:
    wanted, there = _wanted(maker, period, lang, again=again)
    failures: list[tuple[str, Text]] = []
    pool = ThreadPoolExecutor(workers)
    begun = {pool.submit(_filed, maker, each.contract_id, period, each.lang, is_sent=is_sent): each for each in wanted}
    try:
        with click.progressbar(as_completed(begun), len(begun), period.name, file=sys.stderr) as finished:
            for future in finished:
                try:
                    future.result()
                except ToldError as error:
                    failures.append((begun[future].contract, error.text))
    finally:
        pool.shutdown(cancel_futures=True)  # after Ctrl-C what is begun is finished, and the rest is left
    say(*(Text(f"{contract}: {why.ja}", f"{contract}: {why.en}") for contract, why in sorted(failures)), err=True)
    done = len(wanted) - len(failures)
    told = Text(
        f"{period.name}: {done} 件を作成、{there} 件は作成済み、{len(failures)} 件は失敗",
        f"{period.name}: {done} made, {there} there already, {len(failures)} failed",
    )
    if failures:
        raise Failed(told)
    say(told)


def _wanted(maker: Maker, period: Period, lang: Lang | None, *, again: bool) -> tuple[list[_Wanted], int]:
    """Return the contracts that get a report, and how many have it already."""
    wanted, there = [], 0
    with maker.cabinet.database.reading() as session:
        left = unsettled(session, maker.cabinet.root)
    for chain in left:
        maker.cabinet.settle(chain)
    with maker.cabinet.database.reading() as session:
        active = select(Contract).where(Contract.state == ContractState.ACTIVE).order_by(Contract.id)
        for contract in session.scalars(active):
            if period.full_end <= contract.created_at:
                continue
            chosen = lang or _own(contract)
            found = None if again else index.find(session, contract.id, period.name, chosen)
            if found is not None and found.ends_at >= period.end:
                there += 1
            else:
                wanted.append(_Wanted(contract.id, contract.public_id, chosen))
    return wanted, there


def _own(contract: Contract) -> Lang:
    return "en" if contract.language == "en" else "ja"


@report.command("list")
@click.option("--contract", "contract_id", help="この契約だけ / only reports of this contract")
@click.option("--editions", is_flag=True, help="旧版と消去したものも / also earlier editions and erased ones")
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, editions: bool, form: str, directory: Path | None) -> None:
    """作成済みのレポートの一覧（新しい期間から） / List the reports, the newest period first."""
    config = service_config(directory)
    rows = []
    with opened(directory) as database:
        try:
            cabinet = open_cabinet(config, database)
            with database.reading() as session:
                wanted = [contract_of(session, contract_id)] if contract_id else session.scalars(select(Contract)).all()
            for contract in wanted:
                cabinet.settle(chain_of(contract))
                shelf = cabinet.shelf(contract.public_id)
                with database.reading() as session:
                    newest = index.newest(session, contract.id)
                    found = index.editions(session, contract.id) if editions else newest
                ids = {each.id for each in newest}
                rows += [_row(contract, each, shelf.stored(each) if each.id in ids else None) for each in found]
        except ToldError as error:
            raise Failed(error.text) from None
    place = f" --data-dir {directory}" if directory else ""
    command = f"karte report build --contract CONTRACT{place}"
    if not editions:
        rows = [{key: value for key, value in row.items() if key != "removed_at"} for row in rows]
    show_rows(
        sorted(rows, key=lambda row: str(row["period"]), reverse=True),
        form,
        Text(f"レポートはまだありません。作るには: {command}", f"no reports yet; build one: {command}"),
    )


def _row(contract: Contract, each: Report, stored: StoredReport | None) -> dict[str, object]:
    return {
        "id": each.public_id,
        "period": each.period,
        "contract": contract.public_id,
        "name": contract.name,
        "lang": each.lang,
        "edition": each.edition,
        "built_at": each.built_at,
        "removed_at": each.removed_at,
        "file": str(stored.path("pdf")) if stored else None,
    }
