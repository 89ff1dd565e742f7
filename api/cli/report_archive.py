"""`karte report verify`, `rebuild`, `erase` and `downloads`: what is archived, and whether it is as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.archive import index
from api.archive.compare import Fault
from api.archive.entry import still_there
from api.archive.journal import Chain
from api.archive.removal import entries_of, purge
from api.archive.verify import strangers
from api.archive.verify import verify as verify_chain
from api.cli.lookup import contract_of
from api.cli.settings import service_config
from api.cli.speech import Failed, WrongUse, lang_option, say
from api.cli.store import data_dir_option, opened
from api.cli.table import Row, format_option, show_json, show_rows
from api.models import Contract, RemovedWhy, Report, ReportAccess
from api.models.base import utc_now
from api.plaintext import InvalidText, one_line
from api.reports.cabinet import Cabinet, chain_of, chains, open_cabinet
from api.reports.rebuild import Rebuilt
from api.reports.rebuild import rebuild as rebuild_report
from api.told import ToldError
from collectors.text import Text

_REASON_LENGTH = 200


@contextmanager
def _cabinet(directory: Path | None) -> Iterator[Cabinet]:
    config = service_config(directory)
    with opened(directory) as database:
        try:
            yield open_cabinet(config, database)
        except ToldError as error:
            raise Failed(error.text) from None


def _chains(cabinet: Cabinet, contract_id: str | None) -> list[Chain]:
    with cabinet.database.reading() as session:
        return [chain_of(contract_of(session, contract_id))] if contract_id else chains(session)


@click.command()
@click.option("--contract", "contract_id", help="この契約だけ / only of this contract")
@format_option
@lang_option
@data_dir_option
def verify(contract_id: str | None, form: str, directory: Path | None) -> None:
    """保管されたファイルと記録を1件ずつ照合します / Check every archived file and entry; exits 1 if any was changed."""
    found: list[tuple[str, Fault]] = []
    with _cabinet(directory) as cabinet:
        wanted = _chains(cabinet, contract_id)
        for chain in wanted:
            found += [(chain.contract, each) for each in verify_chain(cabinet.database, cabinet.blobs, chain)]
            with cabinet.database.reading() as session:
                newest = tuple(index.newest(session, chain.contract_id))
            found += [(chain.contract, each) for each in cabinet.shelf(chain.contract).faults(newest)]
        if not contract_id:
            found += [("", each) for each in strangers(cabinet.blobs, (each.contract for each in wanted))]
        with cabinet.database.reading() as session:
            entries = sum(len(entries_of(session, chain.contract_id)) for chain in wanted)
    faults = [each for _contract, each in found if not each.is_harmless]
    if form == "json":
        show_json(
            {
                "contracts": len(wanted),
                "entries": entries,
                "faults": [
                    {"contract": contract, "where": each.key, "what": each.text.en, "harmless": each.is_harmless}
                    for contract, each in found
                ],
            }
        )
    else:
        say(*(_line(each) for _contract, each in found))
    if faults:
        raise Failed(
            Text(
                f"{len(faults)} 件の食い違いがあります（契約 {len(wanted)} 件、記録 {entries} 件を照合）",
                f"{len(faults)} faults found in {entries} entries of {len(wanted)} contracts",
            )
        )
    if form != "json":
        say(
            Text(
                f"契約 {len(wanted)} 件、記録 {entries} 件を照合しました。食い違いはありません",
                f"{entries} entries of {len(wanted)} contracts are as they were",
            )
        )


def _line(fault: Fault) -> Text:
    sign = Text("注意", "note") if fault.is_harmless else Text("食い違い", "fault")
    return Text(f"{sign.ja}: {fault.key}: {fault.text.ja}", f"{sign.en}: {fault.key}: {fault.text.en}")


@click.command()
@click.option("--contract", "contract_id", help="この契約だけ / only of this contract")
@lang_option
@data_dir_option
def recover(contract_id: str | None, directory: Path | None) -> None:
    """古いバックアップから戻したデータベースに、保管場所の記録を取り込みます / After restoring an older database."""
    done = 0
    with _cabinet(directory) as cabinet:
        for chain in _chains(cabinet, contract_id):
            done += cabinet.journal.catch_up(chain, trusting=True)
            purge(cabinet.database, cabinet.blobs, chain, utc_now())
            cabinet.tidy(chain)
    say(
        Text(
            f"{done} 件の記録を取り込みました。karte report verify で照合してください",
            f"{done} entries were taken in; compare all by karte report verify",
        )
    )


@click.command()
@click.option(
    "--check",
    is_flag=True,
    required=True,
    expose_value=False,  # there is no other way yet
    help="作り直して比べるだけ / compare only, keep nothing",
)
@click.option("--contract", "contract_id", help="この契約だけ / only of this contract")
@click.option("--period", help="この期間だけ（YYYY-MM、YYYY-Www） / only of this month or week")
@lang_option
@data_dir_option
def rebuild(contract_id: str | None, period: str | None, directory: Path | None) -> None:
    """凍結した元データから作り直し、同じバイト列になるかを調べます / Make archived reports again and compare them."""
    looked_at, different = 0, 0
    with _cabinet(directory) as cabinet:
        for chain in _chains(cabinet, contract_id):
            with cabinet.database.reading() as session:
                there = still_there(entries_of(session, chain.contract_id))
            for added in there.values():
                if period and added.period != period:
                    continue
                looked_at += 1
                done = rebuild_report(cabinet, chain.contract, added)
                if not done.is_same:
                    different += 1
                    name = f"{chain.contract} {added.period} {added.lang} {added.edition}"
                    say(_told(name, done, is_known=bool(added.versions)))
    if different:
        raise Failed(
            Text(
                f"{looked_at} 件のうち {different} 件は同じになりません",
                f"{different} of {looked_at} reports do not come out the same",
            )
        )
    say(Text(f"{looked_at} 件すべて同じです", f"all {looked_at} reports come out the same"))


def _told(name: str, done: Rebuilt, *, is_known: bool) -> Text:
    if done.failed is not None:
        what = Text(f"作り直せません: {done.failed.ja}", f"cannot be made again: {done.failed.en}")
    else:
        kinds = ", ".join(done.differing)
        what = Text(f"{kinds} が異なります", f"{kinds} differs")
    listed = ", ".join(done.other_versions)
    if not is_known:
        why = Text("作成時のバージョンは記録されていません", "the versions that made it were not recorded")
    elif done.other_versions:
        why = Text(f"バージョンの違い: {listed}", f"perhaps by other versions: {listed}")
    else:
        why = Text("バージョンは同じです", "the versions are the same")
    return Text(f"{name}: {what.ja}（{why.ja}）", f"{name}: {what.en} ({why.en})")


@click.command()
@click.argument("report_id", metavar="[REPORT]", required=False)
@click.option("--contract", "contract_id", help="この契約のレポートすべて / all reports of this contract")
@click.option("--reason", required=True, help="理由（記録に残る。個人名は不可） / why; stays on record, so no names")
@click.option("--yes", is_flag=True, help="確認しない / do not ask")
@lang_option
@data_dir_option
def erase(report_id: str | None, contract_id: str | None, reason: str, yes: bool, directory: Path | None) -> None:
    """レポートのファイルを消去します（消去の記録は残る） / Delete a report's files; a record of it stays."""
    if bool(report_id) == bool(contract_id):
        raise WrongUse(Text("REPORT か --contract のどちらかを指定してください", "give REPORT or --contract"))
    try:
        told = one_line(reason, _REASON_LENGTH, Text("理由", "the reason"))
    except InvalidText as error:
        raise WrongUse(error.text) from None
    with _cabinet(directory) as cabinet:
        with cabinet.database.reading() as session:
            wanted = _of_contract(session, contract_id) if contract_id else [_report(session, report_id or "")]
        for chain, report in wanted:
            click.echo(f"{chain.contract} {report.period} {report.lang} {report.edition}")
        if wanted and not yes:
            click.confirm("消去すると元に戻せません / this cannot be undone", abort=True, err=True)
        for chain, report in wanted:
            cabinet.erase(chain, report, RemovedWhy.ERASED, told, "command line")
    say(Text(f"{len(wanted)} 件を消去しました", f"{len(wanted)} erased"))


def _report(session: Session, report_id: str) -> tuple[Chain, Report]:
    row = session.execute(
        select(Report, Contract)
        .join(Contract, Contract.id == Report.contract_id)
        .where(Report.public_id == report_id.strip().lower())
    ).first()
    if row is None:
        raise Failed(
            Text(
                f"レポート {report_id} はありません。karte report list --editions で確認してください",
                f"there is no report {report_id}; `karte report list --editions` names them",
            )
        )
    report, contract = row
    return chain_of(contract), report


def _of_contract(session: Session, contract_id: str) -> list[tuple[Chain, Report]]:
    chain = chain_of(contract_of(session, contract_id))
    return [(chain, each) for each in index.editions(session, chain.contract_id) if each.removed_at is None]


@click.command()
@click.option("--contract", "contract_id", required=True, help="契約のID / id of the contract")
@format_option
@lang_option
@data_dir_option
def downloads(contract_id: str, form: str, directory: Path | None) -> None:
    """だれがいつどのファイルを受け取ったか（新しい順） / Who got which file and when, the newest first."""
    with opened(directory) as database, database.reading() as session:
        contract = contract_of(session, contract_id)
        asked = (
            select(ReportAccess, Report)
            .join(Report, Report.id == ReportAccess.report_id)
            .where(Report.contract_id == contract.id)
            .order_by(ReportAccess.id.desc())
        )
        rows: list[Row] = [
            {
                "at": access.at,
                "who": access.who,
                "way": access.way.value,
                "period": report.period,
                "lang": report.lang,
                "edition": report.edition,
                "file": access.file,
                "hash": access.hash,
            }
            for access, report in session.execute(asked)
        ]
    show_rows(rows, form, Text("まだだれも受け取っていません", "nobody got a file yet"))
