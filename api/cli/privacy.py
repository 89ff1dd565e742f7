"""`karte privacy`: what is held about a contract, its erasure, and what may leave without names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import click

from api.audit.actor import operator
from api.audit.log import record
from api.cli.lookup import contract_of
from api.cli.moment import moment_past
from api.cli.settings import service_config, service_engine
from api.cli.speech import Failed, WrongUse, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, opened, reading, writing
from api.cli.table import format_option, show_rows
from api.influx.engine import EngineError
from api.models import Contract, Disclosure
from api.models.base import service_day, utc_now
from api.privacy.anonymous import export as anonymous
from api.privacy.anonymous.export import DEFAULT_K, LEAST_K
from api.privacy.anonymous.pseudonyms import kept_key, new_key
from api.privacy.anonymous.writing import write_files
from api.privacy.certificate import PLACE_WORDS, hash_of, readable
from api.privacy.disclosing import disclose as record_disclosure
from api.privacy.disclosing import disclosures_of
from api.privacy.erase import check, due_at, ended_contracts, erasure_of
from api.privacy.erase import erase as erase_contract
from api.privacy.export import Holdings
from api.privacy.export import export as export_parts
from api.privacy.tables import Whose
from api.readings.scope import Window
from api.told import ToldError
from collectors.atomic import replace_file_by_parts
from collectors.text import Text


@click.group()
def privacy() -> None:
    """保有データの開示・消去・匿名化 / What is held about a contract: export, erasure, anonymised data."""


@contextmanager
def holdings_at(directory: Path | None) -> Iterator[Holdings]:
    """Give all that holds data of contracts.

    Raises:
        Failed: one of the places cannot be used; one line says which and why.
    """
    config = service_config(directory)
    with opened(directory) as database, service_engine(config, directory) as engine:
        try:
            yield Holdings.of(config, database, engine)
        except ToldError as error:
            raise Failed(error.text) from None
        except EngineError as error:
            raise Failed(Text(f"時系列データベース: {error}", f"the time-series engine: {error}")) from None


def not_written(path: Path, error: OSError) -> Failed:
    """Return the error of a file that cannot be written."""
    return Failed(Text(f"{path} に書き込めません: {error.strerror}", f"{path} cannot be written: {error.strerror}"))


@privacy.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="出力先のZIPファイル / the ZIP file to write",
)
@lang_option
@data_dir_option
def export(contract_id: str, output: Path, directory: Path | None) -> None:
    """契約 CONTRACT について保有するすべてを書き出します / Write all that is held about CONTRACT."""
    now = utc_now()
    with holdings_at(directory) as holdings:
        with holdings.database.writing.begin() as session:
            contract = contract_of(session, contract_id).public_id
            record(session, operator(), "privacy.export", at=now, contract=contract)
        try:
            replace_file_by_parts(output, export_parts(holdings, contract, now))
        except OSError as error:
            raise not_written(output, error) from None
    say(
        Text(
            f"契約 {contract} のデータを {output} に書き出しました。中身の説明は README.ja.txt にあります",
            f"all that is held about contract {contract} is in {output}; its README.en.txt says what is what",
        ),
        Text(
            "個人情報を含みます。渡す相手を確認し、不要になったら消してください",
            "it holds personal data: make sure who gets it, and delete it when it is not needed any more",
        ),
    )


@privacy.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.option("--authority", required=True, help="開示先 / who got it")
@click.option("--ground", required=True, help="法的根拠と文書番号 / the law, and the number of the order")
@click.option("--what", required=True, help="開示した内容 / what was handed over")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="開示日（省略時は今日） / day on which it was handed over, else today",
)
@click.option(
    "--secret", is_flag=True, help="お客様への通知が法令で禁じられている / the order forbids to tell the customer"
)
@lang_option
@data_dir_option
def disclose(
    contract_id: str,
    authority: str,
    ground: str,
    what: str,
    on: datetime | None,
    secret: bool,
    directory: Path | None,
) -> None:
    """法令に基づく開示を記録します / Record what was handed over because a law required it."""
    now = utc_now()
    day: date = on.date() if on else service_day(now)
    with writing(directory) as session:
        contract = contract_of(session, contract_id)
        try:
            made = Disclosure(
                disclosed_on=day, authority=authority, legal_ground=ground, handed_over=what, is_secret=secret
            )
            made_id = record_disclosure(session, operator(), contract, made, now).public_id
        except ToldError as error:
            raise Failed(error.text) from None
    say(Text(f"開示 {made_id} を記録しました", f"recorded disclosure {made_id}"))
    if secret:
        say(
            Text(
                "秘密の指定があるため、お客様への書き出しには含まれません",
                "as it is secret, what the customer gets does not mention it",
            )
        )


@privacy.command()
@click.argument("contract_id", metavar="CONTRACT")
@format_option
@lang_option
@data_dir_option
def disclosures(contract_id: str, form: str, directory: Path | None) -> None:
    """法令に基づく開示の一覧 / List what was handed over because a law required it."""
    with reading(directory) as session:
        found = session.scalars(disclosures_of(contract_of(session, contract_id))).all()
    rows = [
        {
            "id": each.public_id,
            "disclosed_on": each.disclosed_on.isoformat(),
            "authority": each.authority,
            "legal_ground": each.legal_ground,
            "handed_over": each.handed_over,
            "is_secret": each.is_secret,
        }
        for each in found
    ]
    show_rows(rows, form, Text("開示の記録はありません", "nothing was disclosed"))


@privacy.command()
@format_option
@lang_option
@data_dir_option
def due(form: str, directory: Path | None) -> None:
    """終了した契約と、いつから消去できるか / List contracts that have ended, and from when on they may be erased."""
    days = service_config(directory).erase_after_days
    with reading(directory) as session:
        rows = [
            {
                "id": contract.public_id,
                "name": contract.name,
                "ended_at": contract.state_changed_at,
                "erasable_from": due_at(contract, days),
                "erased_at": erased_at,
            }
            for contract, erased_at in session.execute(ended_contracts())
        ]
    show_rows(rows, form, Text("終了した契約はありません", "no contract has ended"))


@privacy.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.option(
    "--now",
    "demand",
    metavar="REASON",
    default="",
    help="保存期間を待たずに消去する。求めた人と理由 / do not wait for the end of retention: who demands it, why",
)
@click.option("--yes", is_flag=True, help="確認せずに実行する / do not ask")
@lang_option
@data_dir_option
def erase(contract_id: str, demand: str, yes: bool, directory: Path | None) -> None:
    """終了した契約 CONTRACT のデータをすべて消去します / Erase all data of CONTRACT, which must have ended.

    途中で止まっても、もう一度実行すれば続きから行います / Cut short, it goes on when it is run again.
    """
    with holdings_at(directory) as holdings:
        with holdings.database.reading() as session:
            contract = contract_of(session, contract_id)
            begun = erasure_of(session, Whose(contract.id, contract.public_id))
            if begun is None:
                check(contract, holdings.config.erase_after_days, demand.strip(), utc_now())
        if not yes and (begun is None or begun.finished_at is None):
            _ask_to_erase(contract)
        done = erase_contract(holdings, contract.public_id, operator(), utc_now, demand, _tell_place())
    click.echo(readable(done.certificate, spoken()), nl=False)
    say(next_step(f"karte privacy certificate {contract.public_id} -o FILE", directory))


def _ask_to_erase(contract: Contract) -> None:
    asked = Text(
        f"契約 {contract.public_id}（{contract.name}）の測定値、レポート、ダッシュボード、利用者をすべて消去します。"
        "元に戻せません。続けますか",
        f"All of contract {contract.public_id} ({contract.name}) is erased: measured values, reports, dashboards, "
        "users. It cannot be undone. Go on",
    )
    click.confirm(asked.in_(spoken()), abort=True)


def _tell_place() -> Callable[[str], None]:
    told: set[str] = set()

    def tell(place: str) -> None:
        if place not in told:
            told.add(place)
            words = PLACE_WORDS[place]
            say(Text(f"消去中: {words.ja}", f"erasing: {words.en}"), err=True)

    return tell


@privacy.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSONの出力先（省略時は画面に表示） / file for the JSON, else it is shown to read",
)
@lang_option
@data_dir_option
def certificate(contract_id: str, output: Path | None, directory: Path | None) -> None:
    """消去証明書を表示します / Show the certificate of an erasure."""
    with reading(directory) as session:
        contract = contract_of(session, contract_id)
        found = erasure_of(session, Whose(contract.id, contract.public_id))
    if found is None or found.finished_at is None:
        raise Failed(
            Text(
                f"契約 {contract.public_id} の消去は完了していません。karte privacy erase {contract.public_id}",
                f"contract {contract.public_id} is not erased yet: karte privacy erase {contract.public_id}",
            )
        )
    if hash_of(found.certificate) != found.hash:
        raise Failed(
            Text(
                "証明書が書き換えられています。監査ログの privacy.erased と比べてください",
                "the certificate was changed; compare it with privacy.erased in the audit log",
            )
        )
    if output is None:
        click.echo(readable(found.certificate, spoken()), nl=False)
        return
    try:
        replace_file_by_parts(output, [found.certificate.encode()])
    except OSError as error:
        raise not_written(output, error) from None
    say(Text(f"{output} に書き出しました（SHA-256: {found.hash}）", f"written to {output} (SHA-256: {found.hash})"))


@privacy.command()
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="出力先のZIPファイルか、まだないフォルダー / ZIP file, or a directory that is not there yet",
)
@click.option(
    "--measurement",
    "names",
    multiple=True,
    help="この測定項目だけ（複数可、省略時はすべて） / only this measurement; may be given several times",
)
@click.option(
    "--since", callback=moment_past, default="30d", show_default=True, help="この時刻から / from this moment on"
)
@click.option(
    "--k",
    type=click.IntRange(LEAST_K),
    default=DEFAULT_K,
    show_default=True,
    help="同じ特徴を持つ契約の最小数 / how many contracts must share what is told of a row",
)
@click.option("--raw", is_flag=True, help="1時間ごとの集計ではなく元の測定値を使う / points as they came, not hourly")
@click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="仮名の鍵を保管するファイル（省略時は破棄） / file that keeps the pseudonyms' key, else thrown away",
)
@click.option(
    "--linked",
    is_flag=True,
    help="全ファイルで同じ仮名にする（特定されやすい） / the same pseudonyms in all files",
)
@lang_option
@data_dir_option
def anonymise(
    output: Path,
    names: tuple[str, ...],
    since: datetime,
    k: int,
    raw: bool,
    key_file: Path | None,
    linked: bool,
    directory: Path | None,
) -> None:
    """第三者の分析用に、匿名化した測定値を書き出します / Write measured values without names, for third parties."""
    strange = anonymous.unknown(names)
    if strange:
        raise WrongUse(
            Text(
                f"測定項目 {strange[0]} はありません。karte catalogue で確認してください",
                f"there is no measurement {strange[0]}; `karte catalogue` names them",
            )
        )
    now = utc_now().replace(minute=0, second=0, microsecond=0)
    with holdings_at(directory) as holdings:
        key = kept_key(key_file) if key_file else new_key()
        place = holdings.raw if raw else holdings.rollup
        order = anonymous.Order(
            place.name, raw, Window(min(since, now), now), names, k, key, key_file is not None, linked
        )
        with holdings.database.writing.begin() as session:
            details = {"k": k, "since": since.isoformat(), "key_kept": key_file is not None, "linked": linked}
            record(session, operator(), "privacy.anonymise", at=utc_now(), details=details)
        try:
            write_files(output, anonymous.export(holdings.database, holdings.engine, order), now)
        except OSError as error:
            raise not_written(output, error) from None
    say(
        Text(
            f"{output} に書き出しました。除いたものと理由は report.ja.txt にあります",
            f"written to {output}; its report.en.txt says what was left out, and why",
        )
    )
    if key_file:
        say(
            Text(
                f"鍵 {key_file} があれば仮名が誰のものか調べられます。データを渡す相手には渡さないでください",
                f"who has the key {key_file} can find out whom a pseudonym stands for: never hand it out with the data",
            )
        )
