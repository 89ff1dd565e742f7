"""What every page of the portal shares: the contract it is about, its menu, words and formats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import g, render_template, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.analysis.days import day_text
from api.db import read_session
from api.display import charts, words
from api.display.formats import Formats, clean
from api.display.words import Sign
from api.models import Contract, ContractState, Notice, NoticeState, Role
from api.models.contract import EVENT_WORDS, STATE_WORDS
from api.portal.forms import Refusal
from api.portal.plain import CONTRACT_SIGNS
from api.routes.access import visible_contract
from api.web.language import request_language
from api.web.signin import signed_in_user
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a menu.

    Attributes:
        endpoint: of the page.
        text: its name.
    """

    endpoint: str
    text: Text


CUSTOMER_MENU: tuple[Entry, ...] = (
    Entry("portal_home.home", Text("ホーム", "Home")),
    Entry("portal_devices.listing", Text("機器", "Devices")),
    Entry("portal_findings.listing", Text("検知と対処", "Findings")),
    Entry("portal_consumables.listing", Text("消耗品", "Consumables")),
    Entry("portal_software.listing", Text("ソフトウェア", "Software")),
    Entry("portal_assets.listing", Text("LANの機器", "On the LAN")),
    Entry("portal_reports.listing", Text("診断レポート", "Reports")),
    Entry("portal_notices.listing", Text("通知", "Notices")),
    Entry("portal_terms.listing", Text("規約", "Terms")),
    Entry("portal_people.listing", Text("利用者", "Users")),
    Entry("portal_installing.form", Text("機器の追加", "Add a device")),
    Entry("portal_transfers.listing", Text("契約の承継", "Transfer")),
)
"""Pages about one contract."""

STAFF_MENU: tuple[Entry, ...] = (
    Entry("portal_staff_contracts.listing", Text("契約", "Contracts")),
    Entry("portal_staff_devices.listing", Text("機器の検索", "Devices")),
    Entry("portal_staff_notices.listing", Text("通知の発信", "Notices")),
    Entry("portal_staff_licences.listing", Text("ライセンス", "Licences")),
    Entry("portal_staff_audit.listing", Text("監査ログ", "Audit log")),
    Entry("rule_pages.index", Text("ルールと基準値", "Thresholds")),
)
"""Pages across contracts."""


def shown_contract(contract_id: str) -> tuple[Session, Contract]:
    """Return the session of this request and the contract that the page is about.

    Raises:
        ApiError: 404, the person sees no such contract.
    """
    session = read_session()
    return session, visible_contract(session, signed_in_user(), contract_id)


def contract_page(
    template: str, active: str, contract: Contract, refused: Refusal | None = None, **shown: object
) -> str:
    """Return a page about one contract.

    Args:
        template: its file.
        active: endpoint of the line of the menu that it belongs to.
        contract: which.
        refused: a form of it that was not done.
        shown: what the template needs besides.
    """
    menu = [
        (entry.text, url_for(entry.endpoint, contract_id=contract.public_id), entry.endpoint == active)
        for entry in CUSTOMER_MENU
    ]
    unread = unread_notices(read_session(), contract)
    return _page(
        template, menu, refused, contract=contract, unread=unread, notices_at=_place("portal_notices.listing"), **shown
    )


def staff_page(template: str, active: str, refused: Refusal | None = None, **shown: object) -> str:
    """Return a page across contracts; see `contract_page`."""
    menu = [(entry.text, url_for(entry.endpoint), entry.endpoint == active) for entry in STAFF_MENU]
    return _page(template, menu, refused, **shown)


def unread_notices(session: Session, contract: Contract) -> int:
    """Return how many notices of a contract nobody has said to have read."""
    if "karte_unread" not in g:
        asked = select(func.count()).where(
            Notice.contract_id == contract.id,
            Notice.acknowledged_at.is_(None),
            Notice.state != NoticeState.CANCELLED,
        )
        g.karte_unread = session.scalar(asked) or 0
    unread: int = g.karte_unread
    return unread


def _place(endpoint: str) -> int:
    return next(number for number, entry in enumerate(CUSTOMER_MENU) if entry.endpoint == endpoint)


def _page(template: str, menu: list[tuple[Text, str, bool]], refused: Refusal | None, **shown: object) -> str:
    formats = Formats(request_language())
    return render_template(
        template,
        menu=menu,
        refused=refused,
        is_staff=signed_in_user().role is Role.STAFF,
        f=formats,
        words=words,
        bar=charts.bar,
        clean=clean,
        day=lambda day: formats.text(day_text(day)) if isinstance(day, date) else "",
        state_of=state_of,
        state_words=STATE_WORDS,
        event_words=EVENT_WORDS,
        **shown,
    )


def state_of(state: ContractState) -> Sign:
    """Return how the state of a contract is shown."""
    signs: Mapping[ContractState, str] = CONTRACT_SIGNS
    return Sign(signs[state], STATE_WORDS[state])
