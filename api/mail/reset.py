"""The mails that bring a link to choose a new password."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.identity.reset_links import HOLDS_FOR, reset_token
from api.mail.letter import Letter, Links, Purpose
from api.models import ServiceMail, User
from api.models.base import utc_now
from collectors.text import Lang, Text

SENT_WITHIN = timedelta(hours=6)
"""A link that could not be sent for so long is not waited for any more."""

_HOURS = int(HOLDS_FOR.total_seconds()) // 3600


def compose(session: Session, mail: ServiceMail, links: Links) -> Letter | None:
    """Return the text of a mail; None where the person is disabled, has another address, or waited too long.

    The link is made here, so it is stored nowhere, and one that is sent again is as good as the one before.
    """
    user = session.scalar(select(User).where(User.public_id == mail.subject))
    if user is None or user.disabled_at is not None or user.mail_address != mail.address:
        return None
    if utc_now() - mail.created_at > SENT_WITHIN:
        return None
    url = f"{links.public_url}/password-reset/{reset_token(links.secret_key, user)}"
    subject = Text("[Office Karte] パスワードの再設定", "[Office Karte] Choose a new password")
    body = Text(
        f"ユーザー {user.username} のパスワードを再設定するリンクです。\n{url}\n\n"
        f"リンクは{_HOURS}時間、1回だけ使えます。\n"
        "心当たりがない場合は、何もしないでください。パスワードは変わりません。\n",
        f"This link lets you choose a new password for the user {user.username}.\n{url}\n\n"
        f"It is good once, and for {_HOURS} hour.\n"
        "If you did not ask for it, do nothing: your password stays as it is.\n",
    )
    lang: Lang = "en" if mail.lang == "en" else "ja"
    return Letter(subject.in_(lang), body.in_(lang))


PURPOSE = Purpose(compose)
