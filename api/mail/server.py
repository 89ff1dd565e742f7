"""The provider's own mail server, by the settings."""

from collections.abc import Callable
from email.message import EmailMessage

from api.channels import registry
from api.channels.guard import Guard, read_allowance
from api.channels.kind import tools_of
from api.channels.kinds.mail import MailSettings
from api.channels.outcome import Later, Outcome
from api.config import Config
from collectors.text import Text

Post = Callable[[str, Callable[[MailSettings], EmailMessage], str], Outcome]
"""Sends a mail to an address: the address, what makes the mail of the settings, its name when it is sent again."""

NOT_SET = Text(
    "メールサーバーが設定されていません（KARTE_MAIL_HOST と KARTE_MAIL_FROM）",
    "no mail server is set: KARTE_MAIL_HOST and KARTE_MAIL_FROM",
)


def mail_server(config: Config) -> Post:
    """Return what sends mails through the provider's server; where none is set, all of them wait.

    Raises:
        InvalidAllowance: `KARTE_CHANNEL_ALLOW` cannot be read.
    """
    if not config.mail_host or not config.mail_from:
        return lambda _address, _make, _name: Later(None, NOT_SET)
    # Whoever sets the server may name one of the own network; addresses that customers enter may not.
    tools = tools_of(Guard(read_allowance(f"{config.channel_allow},{config.mail_host}")))
    settings = {
        "host": config.mail_host,
        "port": config.mail_port,
        "tls": config.mail_tls,
        "user": config.mail_user,
        "sender": config.mail_from,
        "sender_name": config.provider_name or "Office Karte",
    }
    secret = {"password": config.mail_password} if config.mail_password else {}

    def post(address: str, make: Callable[[MailSettings], EmailMessage], name: str) -> Outcome:
        return registry.post({**settings, "to": [address]}, secret, make, name, tools)

    return post
