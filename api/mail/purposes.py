"""The table of purposes of mails. A new one is a module and a line here."""

from collections.abc import Mapping

from api.mail import reset
from api.mail.letter import Purpose
from api.models import MailPurpose
from api.notices import mail as notice_mail

PURPOSES: Mapping[MailPurpose, Purpose] = {
    MailPurpose.NOTICE: notice_mail.PURPOSE,
    MailPurpose.PASSWORD_RESET: reset.PURPOSE,
}
"""Purpose -> how it is written."""
