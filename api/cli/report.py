"""`karte report`: building and listing diagnosis reports."""

from pathlib import Path

import click
from sqlalchemy import select

from api.cli.lookup import contract_of
from api.cli.settings import service_config, service_engine
from api.cli.speech import Failed, WrongUse, choose, lang_option
from api.cli.store import data_dir_option, reading
from api.cli.table import format_option, show_rows
from api.models import Contract
from api.models.base import utc_now
from api.reports.build import build_report
from api.reports.errors import ReportError
from api.reports.period import PeriodError, period_of
from api.reports.store import contract_directory, list_reports
from collectors.text import Lang, Text


@click.group()
def report() -> None:
    """診断レポート（契約ごと、月ごと） / Diagnosis reports: one month of one contract as PDF and HTML."""


@report.command()
@click.option("--contract", "contract_id", required=True, help="契約のID / id of the contract")
@click.option(
    "--month", help="YYYY-MM（日本時間、省略時は今月の今まで） / a month of Japan; the current one if not given"
)
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
    help="ファイルの置き場所（省略時はレポート保管場所） / directory for the files; the report store if not given",
)
@data_dir_option
def build(contract_id: str, month: str | None, lang: Lang | None, output: Path | None, directory: Path | None) -> None:
    """レポートを作ります（同じ月と言語のものは置き換え） / Build a report; an earlier one of the month is replaced."""
    try:
        period = period_of(month, utc_now())
    except PeriodError as error:
        raise WrongUse(Text(f"--month: {error.text.ja}", f"--month: {error.text.en}")) from None
    config = service_config(directory)
    with service_engine(config, directory) as engine, reading(directory) as session:
        contract = contract_of(session, contract_id)
        chosen: Lang = lang or ("en" if contract.language == "en" else "ja")
        try:
            made = build_report(contract, engine, config, period, chosen, output)
        except ReportError as error:
            raise Failed(error.text) from None
    for kind in ("pdf", "html", "json"):
        click.echo(made.path(kind))


@report.command("list")
@click.option("--contract", "contract_id", help="この契約だけ / only reports of this contract")
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, form: str, directory: Path | None) -> None:
    """作成済みのレポートの一覧（新しい月から） / List the reports, the newest month first."""
    config = service_config(directory)
    with reading(directory) as session:
        wanted = [contract_of(session, contract_id)] if contract_id else session.scalars(select(Contract)).all()
        names = {contract.public_id: contract.name for contract in wanted}
    found = [each for contract in names for each in list_reports(contract_directory(config.report_dir, contract))]
    rows = [
        {
            "month": each.month,
            "contract": each.contract,
            "name": names[each.contract],
            "lang": each.lang,
            "file": str(each.path("pdf")),
        }
        for each in sorted(found, key=lambda each: each.month, reverse=True)
    ]
    place = f" --data-dir {directory}" if directory else ""
    command = f"karte report build --contract CONTRACT{place}"
    show_rows(
        rows,
        form,
        Text(f"レポートはまだありません。作るには: {command}", f"no reports yet; build one: {command}"),
    )
