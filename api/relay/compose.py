"""A delivery as a message in the channel's language: what happened, since when, how bad, what to do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from alert_rules.advice import advice
from alert_rules.registry import Entry
from alert_rules.rule import Severity
from api.alerts.equipment import names_of
from api.alerts.listing import headline, sentence
from api.alerts.message import part, subject
from api.channels.message import Item, Message
from api.identity.signedlink import Linked
from api.models import Channel, Contract, Delivery, DeliveryItem, DeliveryKind, Finding, Happening, Site
from api.relay import notes
from api.relay.grouping import rank
from api.relay.links import FINDING_LINKS
from collectors.text import Lang, Text

SHOWN = 20
"""Findings that one message tells in full; the most urgent ones."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where links lead, and what signs them.

    Attributes:
        public_url: of this service.
        dashboard_url: of the dashboards; None where none run.
        secret_key: signs the links.
    """

    public_url: str
    dashboard_url: str | None
    secret_key: str


@dataclass(frozen=True, slots=True)
class _Told:
    finding: Finding
    happening: Happening
    flaps: int
    entry: Entry | None
    called: str = ""

    @property
    def severity(self) -> Severity:
        return self.entry.rule.severity if self.entry else Severity.INFO


def compose(
    session: Session, delivery: Delivery, rules: Mapping[str, Entry], addresses: Addresses, now: datetime
) -> Message | None:
    """Return the message of a delivery; None where there is nothing left to tell."""
    channel = session.get_one(Channel, delivery.channel_id)
    contract = session.get_one(Contract, channel.contract_id)
    told = _told(session, delivery, rules)
    if not told:
        return None
    called = names_of(session, contract.id, (tag for each in told if (tag := each.finding.tags.get("asset"))))
    told = [replace(each, called=called.get(each.finding.tags.get("asset", ""), "")) for each in told]
    lang: Lang = "en" if channel.lang == "en" else "ja"
    sites = dict(session.execute(select(Site.public_id, Site.name).where(Site.contract_id == contract.id)).all())
    return Message(
        id=delivery.public_id,
        thread=told[0].finding.public_id if len(told) == 1 else None,
        lang=lang,
        subject=_subject(told, delivery.kind, contract.name).in_(lang),
        items=tuple(_item(each, contract, channel, sites, addresses, lang) for each in told[:SHOWN]),
        more=max(0, len(told) - SHOWN),
        notes=tuple(note.in_(lang) for note in _notes(delivery, told)),
        dashboard_url=addresses.dashboard_url,
        at=now,
    )


def _told(session: Session, delivery: Delivery, rules: Mapping[str, Entry]) -> list[_Told]:
    """Return what a delivery tells, the most urgent first; a finding that is over by now is told as over, once."""
    asked = (
        select(DeliveryItem, Finding)
        .join(Finding, Finding.id == DeliveryItem.finding_id)
        .where(DeliveryItem.delivery_id == delivery.id)
        .order_by(DeliveryItem.id)
    )
    found: dict[int, _Told] = {}
    for item, finding in session.execute(asked):
        if item.happening is Happening.REMINDER and finding.closed_at is not None:
            continue  # its end is told by a message of its own
        before = found.get(finding.id)
        happening = Happening.CLOSED if finding.closed_at is not None else item.happening
        flaps = max(item.flaps, before.flaps if before else 0)
        found[finding.id] = _Told(finding, happening, flaps, rules.get(finding.rule))
    return sorted(
        found.values(),
        key=lambda each: (each.happening is Happening.CLOSED, -rank(each.severity), each.finding.opened_at),
    )


def _item(
    told: _Told, contract: Contract, channel: Channel, sites: Mapping[str, str], addresses: Addresses, lang: Lang
) -> Item:
    finding, entry = told.finding, told.entry
    is_open = told.happening is not Happening.CLOSED
    advised = entry.rule.advice_id if entry and is_open else None
    signed = FINDING_LINKS.token(addresses.secret_key, Linked(finding.public_id, channel.public_id))
    return Item(
        finding=finding.public_id,
        happening=told.happening,
        severity=told.severity,
        headline=headline(entry, finding, lang),
        text=sentence(entry, finding, lang),
        subject=_name(told, lang),
        where=f"{contract.name} {sites.get(finding.tags.get('site', ''), '')}".strip(),
        since=finding.since,
        until=finding.closed_at,
        steps=advice(advised, lang).steps if advised else (),
        advice_url=f"{addresses.public_url}/advice/{advised}?lang={lang}" if advised else None,
        act_url=f"{addresses.public_url}/act/{signed}?lang={lang}" if is_open else None,
    )


def _name(told: _Told, lang: Lang) -> str:
    name = told.called if told.called and not told.finding.tags.get("host") else subject(told.finding.tags)
    told_apart = part(told.entry.rule, told.finding.tags) if told.entry else ""
    if not told_apart:
        return name
    return f"{name}（{told_apart}）" if lang == "ja" else f"{name} ({told_apart})"


def _subject(told: Sequence[_Told], kind: DeliveryKind, customer: str) -> Text:
    """Return the subject: of one finding what and where, of several how many of each kind."""
    if kind is DeliveryKind.DIGEST:
        return Text(f"[まとめ] {customer}: {len(told)} 件のお知らせ", f"[Digest] {customer}: {_count(len(told))}")
    first = told[0]
    if len(told) == 1 and first.entry is not None:
        ja, en = _LABELS[first.happening] or (first.severity.text.ja, first.severity.text.en)
        name = first.entry.rule.name
        return Text(f"[{ja}] {_name(first, 'ja')}: {name.ja}", f"[{en}] {_name(first, 'en')}: {name.en}")
    open_ = [each for each in told if each.happening is not Happening.CLOSED]
    over = len(told) - len(open_)
    if not open_:
        return Text(f"[回復] {customer}: {over} 件が回復しました", f"[Recovered] {customer}: {_count(over)} over")
    grave = max((each.severity for each in open_), key=rank).text
    also = Text(f"、回復 {over} 件", f", {over} recovered") if over else Text("", "")
    return Text(
        f"[{grave.ja}] {customer}: {len(open_)} 件の検知{also.ja}",
        f"[{grave.en}] {customer}: {_count(len(open_))}{also.en}",
    )


_LABELS: Mapping[Happening, tuple[str, str] | None] = {
    Happening.OPENED: None,
    Happening.CLOSED: ("回復", "Recovered"),
    Happening.REMINDER: ("未対応", "Still open"),
}
"""What stands in front of a subject; of an opened finding its severity."""


def _count(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"


def _notes(delivery: Delivery, told: Iterable[_Told]) -> list[Text]:
    said = list(notes.told(delivery.note))
    for each in told:
        if each.flaps:
            is_open = each.happening is not Happening.CLOSED
            settled = not is_open or each.flaps > notes.FIRST_TOLD
            said.append(notes.settled(each.flaps) if settled else notes.flapping(each.flaps))
    return said
