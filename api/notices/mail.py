"""The mails that bring a notice."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.mail.letter import Letter, Links, Purpose
from api.models import Contract, Dispatch, Notice, NoticeState, ServiceMail
from api.notices.dispatching import dispatch
from collectors.text import Lang, Text


def compose(session: Session, mail: ServiceMail, links: Links) -> Letter | None:
    """Return the text of a mail; None where the notice was taken back."""
    notice = session.scalar(select(Notice).where(Notice.public_id == mail.subject))
    if notice is None or notice.state is NoticeState.CANCELLED:
        return None
    contract = session.get_one(Contract, notice.contract_id)
    lang: Lang = "en" if mail.lang == "en" else "ja"
    end = Text(
        f"この通知の確認（要ログイン）:\n{links.public_url}/portal/notices/{notice.public_id}\n"
        f"通知番号: {notice.public_id}\n契約番号: {contract.public_id}\n",
        f"To confirm that you have read it, after signing in:\n{links.public_url}/portal/notices/{notice.public_id}\n"
        f"Notice: {notice.public_id}\nContract: {contract.public_id}\n",
    )
    subject = Text(f"[重要なお知らせ] {notice.subject}", f"[Important notice] {notice.subject_en}")
    return Letter(subject.in_(lang), f"{Text(notice.body, notice.body_en).in_(lang)}\n{end.in_(lang)}")


def sent(session: Session, mail: ServiceMail, now: datetime) -> None:
    """Note the notice as dispatched; the first mail that a server took decides."""
    notice = session.scalars(select(Notice).where(Notice.public_id == mail.subject).with_for_update()).one()
    if notice.state is NoticeState.WAITING:
        dispatch(session, notice, Dispatch.MAIL, "", now)


PURPOSE = Purpose(compose, sent)
