"""`karte licence`: what a customer owns of software, counted against what its devices list."""

from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import licences
from api.audit.actor import operator
from api.cli.lookup import contract_of
from api.cli.speech import Failed, lang_option, say
from api.cli.store import data_dir_option, next_step, reading, writing
from api.cli.table import Row, format_option, show_json, show_rows
from api.licences import Counted
from api.models import Contract, Licence
from api.models.base import utc_now
from api.models.licence import MAX_OWNED
from collectors.text import Text

_OWNED = click.IntRange(0, MAX_OWNED)


@click.group()
def licence() -> None:
    """ソフトウェアのライセンス数 / Licences of software, counted against what devices list."""


@licence.command("list")
@click.argument("contract_id", metavar="CONTRACT")
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str, form: str, directory: Path | None) -> None:
    """CONTRACT のライセンスと使用台数 / List the licences of CONTRACT and how many devices use each."""
    with reading(directory) as session:
        contract = contract_of(session, contract_id)
        rows = [_row(each) for each in licences.counted(session, session.scalars(licences.listed(contract)).all())]
    follow = next_step(f"karte licence add {contract_id} PRODUCT OWNED", directory)
    show_rows(rows, form, Text(f"ライセンスはまだ登録されていません\n{follow.ja}", f"no licence yet\n{follow.en}"))


@licence.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.argument("product")
@click.argument("owned", type=_OWNED)
@click.option(
    "--version", default="", help="製品のバージョン（* は任意、省略時はすべて） / of the product; * is anything"
)
@click.option("--note", default="", help="メモ / note")
@format_option
@lang_option
@data_dir_option
def add(contract_id: str, product: str, owned: int, version: str, note: str, form: str, directory: Path | None) -> None:
    """PRODUCT（* は任意の文字列）を OWNED 台分登録します / Note that CONTRACT owns PRODUCT for OWNED devices."""
    values = {"product": product, "version": version, "owned": owned, "note": note}
    with writing(directory) as session:
        contract = contract_of(session, contract_id)
        made = licences.add(session, contract, values, operator(), utc_now())
        (counted,) = licences.counted(session, [made])
    _tell(counted, form, Text("登録しました", "noted"))


@licence.command("set")
@click.argument("contract_id", metavar="CONTRACT")
@click.argument("licence_id", metavar="LICENCE")
@click.option("--owned", type=_OWNED, help="保有数 / how many are owned")
@click.option("--product", help="製品名（* は任意） / name of the product; * is anything")
@click.option("--version", help="製品のバージョン / version of the product")
@click.option("--note", help="メモ / note")
@format_option
@lang_option
@data_dir_option
def set_(contract_id: str, licence_id: str, form: str, directory: Path | None, **named: str | int | None) -> None:
    """LICENCE を変更します。指定しないものは変わりません / Change LICENCE; what is not named stays."""
    with writing(directory) as session:
        contract, found = _found(session, contract_id, licence_id)
        values = {name: value for name, value in named.items() if value is not None}
        licences.change(session, contract, found, values, operator(), utc_now())
        (counted,) = licences.counted(session, [found])
    _tell(counted, form, Text("変更しました", "changed"))


@licence.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.argument("licence_id", metavar="LICENCE")
@lang_option
@data_dir_option
def remove(contract_id: str, licence_id: str, directory: Path | None) -> None:
    """LICENCE を削除します / Take LICENCE out."""
    with writing(directory) as session:
        contract, found = _found(session, contract_id, licence_id)
        product = found.product
        licences.remove(session, contract, found, operator(), utc_now())
    say(Text(f"ライセンス {licence_id}（{product}）を削除しました", f"licence {licence_id} ({product}) is removed"))


def _found(session: Session, contract_id: str, licence_id: str) -> tuple[Contract, Licence]:
    contract = contract_of(session, contract_id)
    wanted = (Licence.contract_id == contract.id, Licence.public_id == licence_id.strip().lower())
    found = session.scalar(select(Licence).where(*wanted))
    if found is None:
        command = f"karte licence list {contract.public_id}"
        raise Failed(
            Text(
                f"ライセンス {licence_id} はありません。{command} で確認してください",
                f"there is no licence {licence_id}; `{command}` names them",
            )
        )
    return contract, found


def _tell(counted: Counted, form: str, done: Text) -> None:
    if form == "json":
        show_json(_row(counted))
        return
    which = f"{counted.licence.public_id} ({counted.licence.product})"
    say(Text(f"ライセンス {which} を{done.ja}", f"licence {which} is {done.en}"), counted.text)


def _row(counted: Counted) -> Row:
    return {
        "id": counted.licence.public_id,
        "product": counted.licence.product,
        "version": counted.licence.version or None,
        "owned": counted.licence.owned,
        "installed": counted.installed,
        "short_by": counted.short_by or None,
        "note": counted.licence.note,
    }
