"""`karte terms`: the terms of service, from their files to who accepted them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from api.audit.actor import operator
from api.cli.lookup import contract_of
from api.cli.speech import Failed, WrongUse, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, opened, reading, writing
from api.cli.table import Row, format_option, show_json, show_rows
from api.models import Contract, TermsAcceptance, TermsDocument, TermsKind
from api.models.base import service_day, utc_now
from api.models.terms import TERMS_WORDS
from api.plaintext import InvalidText
from api.terms import acceptance, documents
from api.terms.markdown import InvalidTerms, titled
from api.terms.periods import ANNOUNCEMENT, PERIODS, PublicationRefused
from api.terms.publishing import Draft, announce, publish
from collectors.text import Text

_KINDS = [kind.value for kind in TermsKind]
_contract_option = click.option("--contract", "contract_id", help="個別契約の契約 / the contract of individual terms")


@click.group()
def terms() -> None:
    """利用規約: 公開、版、同意 / Terms of service: publication, versions, acceptance."""


@terms.command("publish")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--effective",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help=f"適用日（有効な契約があれば{PERIODS[ANNOUNCEMENT].days}日以上先） / first day on which they hold",
)
@_contract_option
@lang_option
@data_dir_option
def publish_(files: tuple[Path, ...], effective: datetime, contract_id: str | None, directory: Path | None) -> None:
    """KIND.ja.md と KIND.en.md の組を公開し、全契約に通知します / Publish pairs of files as new versions.

    ファイルの1行目は題名の見出し（# 題名）です。KIND は individual、service、basic、common のどれかです。
    / The first line of a file is its title as a heading. KIND is one of individual, service, basic, common.
    """
    texts = {kind: _pair(kind, paths) for kind, paths in _by_kind(files).items()}
    now = utc_now()
    with opened(directory) as database:
        try:
            with database.writing.begin() as session:
                contract = contract_of(session, contract_id) if contract_id else None
                made = [
                    publish(session, Draft(kind, title, body, effective.date(), contract), operator(), now)
                    for kind, (title, body) in texts.items()
                ]
        except (PublicationRefused, InvalidTerms, InvalidText) as error:
            raise Failed(error.text) from None
        told = announce(database, now)
    for each in made:
        say(_published_line(each))
    say(
        Text(
            f"契約への通知: {told} 件。karte worker がメールで送ります",
            f"{told} notices to contracts; karte worker mails them",
        )
        if told
        else Text("通知が必要な契約はありません", "no contract has to be told")
    )


@terms.command("list")
@click.argument("contract_id", metavar="[CONTRACT]", required=False)
@format_option
@lang_option
@data_dir_option
def list_(contract_id: str | None, form: str, directory: Path | None) -> None:
    """規約の版の一覧。CONTRACT を付けると個別契約と同意も表示 / List all versions; with CONTRACT who accepted them."""
    with reading(directory) as session:
        contract = contract_of(session, contract_id) if contract_id else None
        found = session.scalars(documents.listed(contract)).all()
        stand = documents.standings(session, contract, found, _today())
        known = acceptance.acceptances(session, contract, found) if contract else {}
        rows = [_row(each, stand[each.id].value, known.get(each.id), contract is not None) for each in found]
    follow = next_step("karte terms publish common.ja.md common.en.md --effective YYYY-MM-DD", directory)
    show_rows(rows, form, Text(f"規約はまだありません\n{follow.ja}", f"no terms yet\n{follow.en}"))


@terms.command()
@click.argument("kind", type=click.Choice(_KINDS))
@click.option(
    "--version", type=click.IntRange(1), help="版（省略時は適用中のもの） / version; the one in force if not given"
)
@_contract_option
@lang_option
@data_dir_option
def show(kind: str, version: int | None, contract_id: str | None, directory: Path | None) -> None:
    """規約の本文を表示します / Show the text of terms."""
    with reading(directory) as session:
        contract = contract_of(session, contract_id) if contract_id else None
        found = _version(session, contract, TermsKind(kind), version)
        if found is None:
            which = Text(f"第{version}版", f"version {version}") if version else Text("適用中の版", "version in force")
            raise Failed(
                Text(
                    f"規約 {kind} の{which.ja}はありません。karte terms list で確認してください",
                    f"there is no {which.en} of {kind} terms; `karte terms list` names them",
                )
            )
        head = Text(
            f"# {found.title}\n\n第{found.version}版、{found.effective_on} から適用",
            f"# {found.title_en}\n\nversion {found.version}, in force from {found.effective_on}",
        )
        say(head)
        click.echo(f"\n{Text(found.body, found.body_en).in_(spoken())}", nl=False)


@terms.command()
@click.argument("contract_id", metavar="CONTRACT")
@click.option("--by", "name", required=True, help="書面で同意した方の名前 / who accepted on paper")
@click.option(
    "--document",
    "wanted",
    multiple=True,
    metavar="ID",
    help="対象の版（省略時は未同意の適用中の規約すべて） / which version; all that hold and are missing if not given",
)
@format_option
@lang_option
@data_dir_option
def accept(contract_id: str, name: str, wanted: tuple[str, ...], form: str, directory: Path | None) -> None:
    """CONTRACT のお客様が書面で同意したことを記録します / Record that terms were accepted on paper."""
    now = utc_now()
    with writing(directory) as session:
        contract = contract_of(session, contract_id)
        acceptor = acceptance.on_paper(name, operator())
        these = _wanted(session, contract, wanted)
        try:
            rows = [_row(each, "", acceptance.accept(session, contract, each, acceptor, now), True) for each in these]
        except acceptance.AcceptanceRefused as error:
            raise Failed(error.text) from None
        left, public_id = acceptance.missing(session, contract, service_day(now)), contract.public_id
    if form == "json":
        show_json(rows)
        return
    for row in rows:
        say(
            Text(
                f"{row['title']} 第{row['version']}版: {row['accepted_by']} 様の同意を記録しました",
                f"{row['title']}, version {row['version']}: accepted by {row['accepted_by']}",
            )
        )
    if not rows:
        say(Text("未同意の規約はありません", "nothing is missing"))
    if not left:
        say(next_step(f"karte contract activate {public_id}", directory))


def _by_kind(files: Sequence[Path]) -> dict[TermsKind, dict[str, Path]]:
    """Return the files by kind and language, as their names say.

    Raises:
        WrongUse: a name says neither, or a language of a kind is missing or there twice.
    """
    found: dict[TermsKind, dict[str, Path]] = defaultdict(dict)
    for path in files:
        kind, _, rest = path.name.partition(".")
        lang = rest.partition(".")[0]
        if kind not in _KINDS or lang not in ("ja", "en") or lang in found[TermsKind(kind)]:
            raise WrongUse(
                Text(
                    f"{path.name}: 名前は KIND.ja.md か KIND.en.md にしてください（KIND は {'、'.join(_KINDS)}）",
                    f"{path.name}: a file is named KIND.ja.md or KIND.en.md, KIND being one of {', '.join(_KINDS)}",
                )
            )
        found[TermsKind(kind)][lang] = path
    for kind, paths in found.items():
        for lang in {"ja", "en"} - paths.keys():
            raise WrongUse(
                Text(f"{kind}.{lang}.md も指定してください", f"{kind}.{lang}.md is missing: both languages are needed")
            )
    return dict(sorted(found.items(), key=lambda each: each[0].rank))


def _pair(kind: TermsKind, paths: dict[str, Path]) -> tuple[Text, Text]:
    read = {lang: _read(paths[lang]) for lang in ("ja", "en")}
    (title, body), (title_en, body_en) = read["ja"], read["en"]
    return Text(title, title_en), Text(body, body_en)


def _read(path: Path) -> tuple[str, str]:
    try:
        return titled(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise Failed(
            Text(f"{path} をUTF-8のテキストとして読めません", f"{path} cannot be read as text in UTF-8")
        ) from None
    except InvalidTerms as error:
        raise Failed(Text(f"{path}: {error.text.ja}", f"{path}: {error.text.en}")) from None


def _version(session: Session, contract: Contract | None, kind: TermsKind, version: int | None) -> TermsDocument | None:
    if version is not None:
        return documents.version_of(session, contract, kind, version)
    holds = (each for each in documents.in_force(session, contract, _today()) if each.kind is kind)
    return next(holds, None)


def _wanted(session: Session, contract: Contract, wanted: Sequence[str]) -> Sequence[TermsDocument]:
    if not wanted:
        return acceptance.missing(session, contract, _today())
    known = documents.documents_of(session, contract, wanted)
    for each in wanted:
        if each not in known:
            command = f"karte terms list {contract.public_id}"
            raise Failed(
                Text(
                    f"この契約に関わる規約 {each} はありません。{command} で確認してください",
                    f"no terms {each} concern this contract; `{command}` names them",
                )
            )
    return [known[each] for each in dict.fromkeys(wanted)]


def _published_line(made: TermsDocument) -> Text:
    word = TERMS_WORDS[made.kind]
    return Text(
        f"{word.ja}「{made.title}」第{made.version}版（{made.public_id}）を公開しました。"
        f"{made.effective_on} から適用します",
        f'{word.en} "{made.title_en}", version {made.version} ({made.public_id}), are published; in force from '
        f"{made.effective_on}",
    )


def _row(each: TermsDocument, standing: str, known: TermsAcceptance | None, with_acceptance: bool) -> Row:
    row: dict[str, object] = {
        "id": each.public_id,
        "kind": each.kind.value,
        "version": each.version,
        "title": each.name.in_(spoken()),
        "standing": standing,
        "effective_on": each.effective_on.isoformat(),
    }
    if with_acceptance:
        row["acceptance"] = known.way.value if known else None
        row["accepted_by"] = known.accepted_by if known else None
        row["accepted_at"] = known.accepted_at if known else None
    return row


def _today() -> date:
    return service_day(utc_now())
