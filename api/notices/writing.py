"""Making a notice: its text in both languages, its record, and the mails that bring it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.channels.plaintext import clean
from api.models import Contract, MailPurpose, Notice, ServiceMail, User
from api.models.notice import SUBJECT_LENGTH
from api.notices.kinds import KINDS
from collectors.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a notice.

    Attributes:
        subject: one line.
        body: plain text.
    """

    subject: Text
    body: Text


def write_notice(
    session: Session,
    contract: Contract,
    kind: str,
    facts: Mapping[str, object],
    made_by: str,
    now: datetime,
    *,
    effective_on: date | None = None,
    effect: Mapping[str, str] | None = None,
) -> Notice:
    """Make a notice to a customer, as part of the session's transaction: it stands in the portal once that is stored.

    Mails go to the contract's address for notices and to its users who have one. Where there is no address at all, it
    waits until somebody dispatches it otherwise and says so.

    Args:
        session: one that writes.
        contract: whose.
        kind: of `KINDS`.
        facts: what its template needs besides `contract`; plain JSON values, texts as `{"ja", "en"}`.
        made_by: who makes it.
        now: this moment.
        effective_on: the day in Japan from which on what it tells of holds.
        effect: what happens to the contract once it is dispatched, `{"event", "code", "note"}`.
    """
    told = dict(facts)
    if effective_on is not None:
        told["effective_on"] = effective_on.isoformat()
    written = text_of(kind, contract, told)
    made = Notice(
        contract_id=contract.id,
        kind=kind,
        facts=told,
        subject=written.subject.ja[:SUBJECT_LENGTH],
        subject_en=written.subject.en[:SUBJECT_LENGTH],
        body=written.body.ja,
        body_en=written.body.en,
        effective_on=effective_on,
        effect=dict(effect) if effect else None,
        made_at=now,
        made_by=made_by,
    )
    session.add(made)
    session.flush()
    session.add_all(
        ServiceMail(
            purpose=MailPurpose.NOTICE,
            subject=made.public_id,
            contract_id=contract.id,
            address=address,
            lang=lang,
            created_at=now,
            due_at=now,
        )
        for address, lang in recipients(session, contract).items()
    )
    session.flush()
    return made


def recipients(session: Session, contract: Contract) -> dict[str, Lang]:
    """Return the addresses that get a contract's notices, each with its language."""
    found: dict[str, Lang] = {}
    if contract.contact:
        found[contract.contact] = _lang(contract.language)
    people = select(User).where(User.contract_id == contract.id, User.disabled_at.is_(None)).order_by(User.id)
    for person in session.scalars(people):
        address = person.mail_address
        if address:
            found.setdefault(address, _lang(person.language))
    return found


def text_of(kind: str, contract: Contract, facts: Mapping[str, object]) -> Written:
    """Return what a notice says.

    Raises:
        KeyError: there is no such kind.
        jinja2.UndefinedError: a fact is missing.
    """
    ja, en = (_rendered(kind, contract, facts, lang) for lang in _LANGUAGES)
    return Written(Text(ja[0], en[0]), Text(ja[1], en[1]))


_LANGUAGES: tuple[Lang, Lang] = ("ja", "en")


def _rendered(kind: str, contract: Contract, facts: Mapping[str, object], lang: Lang) -> tuple[str, str]:
    known = {name: _in(value, lang) for name, value in facts.items()}
    template = _environment().get_template(f"{lang}/{kind}.txt")
    text: str = template.render(contract=contract, customer=clean(contract.name), kind=KINDS[kind].in_(lang), **known)
    subject, _, body = text.strip().partition("\n")
    return subject, body.strip() + "\n"


def _in(value: Any, lang: Lang) -> Any:
    if isinstance(value, dict) and value.keys() == {"ja", "en"}:
        return clean(str(value[lang]))
    if isinstance(value, list):
        return [_in(each, lang) for each in value]
    return clean(value) if isinstance(value, str) else value


def _lang(language: str) -> Lang:
    return "en" if language == "en" else "ja"


@cache
def _environment() -> Environment:
    # Plain text: nothing is escaped, as nothing is markup.
    return Environment(
        loader=PackageLoader("api.notices", "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701
    )
