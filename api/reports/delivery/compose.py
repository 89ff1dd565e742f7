"""A mail that brings a report. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from api.channels.kinds.mail import MailSettings, envelope
from api.channels.plaintext import clean
from api.display.formats import Formats
from api.reports.delivery.links import HOLDS_FOR
from collectors.text import Lang, Text

ATTACHED_MOST_BYTES = 5 * 1024**2
"""Larger PDFs go as a link: many servers refuse mails above 10 MB, and base64 makes 4 bytes of 3."""


@dataclass(frozen=True, slots=True)
class Tidings:
    """What a mail says.

    Attributes:
        id: of the mail; the same when it is sent again.
        lang: its language.
        customer: name of the contract.
        period: the month or week, for people.
        headline: the report's first sentence; None where it cannot be told.
        is_again: an earlier edition went out before.
        link: where the report is opened without signing in.
        portal: where all reports are.
        name: of the file.
        pdf: the file, where it is attached.
        at: when the mail was made.
    """

    id: str
    lang: Lang
    customer: str
    period: Text
    headline: Text | None
    is_again: bool
    link: str
    portal: str
    name: str
    pdf: bytes | None
    at: datetime


def compose(settings: MailSettings, tidings: Tidings) -> EmailMessage:
    """Return the mail."""
    made = envelope(settings, tidings.id, subject(tidings).in_(tidings.lang), tidings.at)
    made.set_content(body(tidings))
    if tidings.pdf is not None:
        made.add_attachment(tidings.pdf, maintype="application", subtype="pdf", filename=tidings.name)
    return made


def subject(tidings: Tidings) -> Text:
    """Return the mail's subject."""
    customer, period = clean(tidings.customer), tidings.period
    again = Text("（改訂版）", " (new edition)") if tidings.is_again else Text("", "")
    return Text(
        f"[診断レポート] {customer}: {period.ja}{again.ja}", f"[Diagnosis report] {customer}: {period.en}{again.en}"
    )


def body(tidings: Tidings) -> str:
    """Return the mail's text."""
    until = Formats(tidings.lang).date(tidings.at + HOLDS_FOR)
    customer = clean(tidings.customer)
    lines = [
        Text(
            f"{customer} 様の{tidings.period.ja}の診断レポートができました。",
            f"The diagnosis report of {customer} for {tidings.period.en} is ready.",
        )
    ]
    if tidings.headline is not None:
        lines += [Text("", ""), Text(clean(tidings.headline.ja), clean(tidings.headline.en))]
    lines.append(Text("", ""))
    if tidings.pdf is not None:
        lines.append(Text("添付のPDFをご覧ください。", "Please see the attached PDF."))
    else:
        lines.append(
            Text(
                f"次のリンクから開けます（{until} まで、ログイン不要）:\n{tidings.link}",
                f"It opens from this link, without signing in, until {until}:\n{tidings.link}",
            )
        )
    lines.append(
        Text(
            f"これまでのレポート（要ログイン）:\n{tidings.portal}", f"All reports, after signing in:\n{tidings.portal}"
        )
    )
    return "\n".join(line.in_(tidings.lang) for line in lines) + "\n"
