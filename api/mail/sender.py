"""The loop that sends the provider's own mails. One runs in every worker; any number of them may run at once.

At least once: a mail is settled after the server took it, so that a worker that dies in between means a mail that comes
twice, under the same id, never none.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage

from api.channels.kinds.mail import MailSettings, envelope
from api.channels.outcome import Later, Outcome, Refused, Sent
from api.db import Database
from api.jobs.claiming import Claimed, claim, held
from api.jobs.loop import go_on
from api.mail.letter import Letter, Links
from api.mail.purposes import PURPOSES
from api.mail.server import Post
from api.mail.settling import LEASE, settle
from api.models import ServiceMail
from api.models.base import utc_now
from collectors.text import Text

LOOKS_EVERY_S = 3.0

_log = logging.getLogger(__name__)


class ServiceMails:
    """Sends what is due.

    Args:
        database: where it is noted.
        links: where links lead.
        post: sends a mail.
        now: tells this moment.
    """

    def __init__(self, database: Database, links: Links, post: Post, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._links = links
        self._post = post
        self._now = now

    def run(self, stop: threading.Event) -> None:
        """Go on until `stop` is set. What fails for a moment, e.g. the database, is tried again."""
        go_on("service mails", self.step, stop, LOOKS_EVERY_S)

    def step(self) -> bool:
        """Send one mail that is due; tell whether there was one."""
        claimed = claim(self._database, ServiceMail, 1, LEASE, self._now())
        for each in claimed:
            self._settle(each, self._attempt(each))
        return bool(claimed)

    def _attempt(self, claimed: Claimed) -> Outcome:
        try:
            with self._database.reading() as session:
                mail = session.get_one(ServiceMail, claimed.id)
                letter = PURPOSES[mail.purpose].compose(session, mail, self._links)
            if letter is None:
                return Refused(Text("送る必要がなくなりました", "there is nothing to be told any more"))
            return self._post(mail.address, self._maker(mail.public_id, letter), mail.public_id)
        except Exception:
            # A fault of our own must not stop all other mails; it is tried again and stays to be seen.
            _log.exception("service mails: %d could not be sent", claimed.id)
            return Later(None, Text("内部エラー（ログを確認してください）", "an internal error; see the log"))

    def _maker(self, name: str, letter: Letter) -> Callable[[MailSettings], EmailMessage]:
        def make(settings: MailSettings) -> EmailMessage:
            made = envelope(settings, name, letter.subject, self._now())
            made.set_content(letter.body)
            return made

        return make

    def _settle(self, claimed: Claimed, outcome: Outcome) -> None:
        now = self._now()
        with self._database.writing.begin() as session:
            mail = held(session, ServiceMail, claimed)
            if mail is None:  # the claim had run out; another sends it again, as a duplicate beats a miss
                return
            settle(mail, outcome, now)
            if isinstance(outcome, Sent):
                PURPOSES[mail.purpose].sent(session, mail, now)
