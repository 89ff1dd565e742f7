"""Services that this product does not speak itself, by Apprise (https://github.com/caronc/apprise); for staff.

Apprise tells only whether it worked, and resolves names itself. So there is a table of the schemas that may be used:
those that always go to their service's own hosts, and those of self-hosted services, whose host must be named in
`KARTE_CHANNEL_ALLOW`. Left out is what reads files or speaks to this machine (`syslog`, `fcm`, …), and what is a kind
of its own here. Redirects are not followed.
"""

import logging
import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

from api.channels.fields import InvalidSettings, Secret, Settings, entry
from api.channels.guard import Guard
from api.channels.kind import Kind, Tools
from api.channels.message import Message
from api.channels.outcome import Later, Outcome, Sent
from api.channels.plaintext import without
from api.channels.render import headline, plain
from collectors.text import Text

SERVICES: Mapping[str, str] = {
    "dingtalk": "DingTalk",
    "discord": "Discord",
    "feishu": "Feishu",
    "flock": "Flock",
    "groupme": "GroupMe",
    "guilded": "Guilded",
    "ilert": "ilert",
    "lark": "Lark",
    "pagerduty": "PagerDuty",
    "pbul": "Pushbullet",
    "pover": "Pushover",
    "prowl": "Prowl",
    "sendgrid": "SendGrid",
    "signl4": "SIGNL4",
    "tgram": "Telegram",
    "twilio": "Twilio",
    "twist": "Twist",
    "wecombot": "WeCom",
    "wxteams": "Cisco Webex",
    "zoom": "Zoom",
}
"""Schema -> service; each plugin has the host in its code."""

HOSTED: Mapping[str, str] = {
    "forms": "form (https)",
    "gotifys": "Gotify",
    "jsons": "JSON (https)",
    "matrixs": "Matrix",
    "mmosts": "Mattermost",
    "nctalks": "Nextcloud Talk",
    "ntfys": "ntfy",
    "rockets": "Rocket.Chat",
    "xmls": "XML (https)",
}
"""Schema -> service that one runs oneself; over TLS."""

_BODY = 4000
_MARKUP = "<>[]@*`~|"


class AppriseSettings(Settings, frozen=True):
    """Nothing that may be shown."""


class AppriseSecret(Secret, frozen=True):
    """The whole URL: keys may stand anywhere in it."""

    url: Annotated[
        str,
        entry(
            Text("AppriseのURL", "Apprise URL"),
            Text(
                "discord://… のようなAppriseのURLを指定してください",
                "give an Apprise URL such as discord://…",
            ),
            pattern=r"^[a-z0-9]{2,20}://[\x21-\x7e]+$",
            max_length=2048,
        ),
    ]


def check(_settings: AppriseSettings, secret: AppriseSecret, guard: Guard) -> None:
    """Refuse schemas that are not in the table, hosts that are not allowed, and URLs that Apprise cannot read."""
    _check_place(secret.url, guard)
    if _plugin(secret.url) is None:
        raise InvalidSettings(
            Text(
                "url: Apprise がこのURLを読めません。Apprise の説明にある形式か確認してください",
                "url: Apprise cannot read this URL; compare it with Apprise's documentation",
            ),
            "url",
        )


def _check_place(url: str, guard: Guard) -> None:
    scheme, host, query = _parts(url)
    if query.get("verify", "yes").lower() not in ("yes", "true", "1"):
        raise InvalidSettings(
            Text("url: 証明書の確認は無効にできません", "url: the verification of certificates stays on"), "url"
        )
    if scheme in SERVICES:
        return
    if scheme not in HOSTED:
        names = ", ".join(sorted([*SERVICES, *HOSTED]))
        raise InvalidSettings(
            Text(f"url: 使えるのは次の種類です: {names}", f"url: the schemas that can be used are {names}"), "url"
        )
    if not guard.allowance.names(host):
        raise InvalidSettings(
            Text(
                f"url: {host} を KARTE_CHANNEL_ALLOW に加えてください"
                "（自社で動かすサービスは許可したホストだけに送ります）",
                f"url: add {host} to KARTE_CHANNEL_ALLOW; a service of your own must have its host allowed",
            ),
            "url",
        )


def _parts(url: str) -> tuple[str, str, dict[str, str]]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise InvalidSettings(Text("url: URLとして読めません", "url: this is no URL"), "url") from None
    shown = host if re.fullmatch(r"[a-z0-9.-]{1,253}", host) else "?"
    return parts.scheme, shown, {name.lower(): value for name, value in parse_qsl(parts.query)}


def _plugin(url: str) -> Any:
    # Imported when it is needed: it brings some 170 plugins.
    from apprise import Apprise, AppriseAsset

    # It logs URLs that it cannot read, with their secrets.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return Apprise.instantiate(url, asset=AppriseAsset(async_mode=False), suppress_exceptions=True)


def send(_settings: AppriseSettings, secret: AppriseSecret, message: Message, tools: Tools) -> Outcome:
    """Let Apprise send a message."""
    check(_settings, secret, tools.guard)
    plugin = _plugin(secret.url)
    plugin.redirects = False
    plugin.socket_connect_timeout = tools.patience.connect_s
    plugin.socket_read_timeout = tools.patience.silence_s
    title = escaped(headline(message, 200))[: plugin.title_maxlen]
    body = plain(message, min(_BODY, int(plugin.body_maxlen * 0.9)), escaped)
    if plugin.notify(body=body, title=title):
        return Sent()
    name = str(plugin.service_name)
    return Later(
        None,
        Text(f"{name} へ送れませんでした（理由は分かりません）", f"{name} did not take it; Apprise does not tell why"),
    )


def escaped(text: str) -> str:
    """Return a text that calls nobody and has no markup of the common kinds."""
    return without(_MARKUP, text)


KIND = Kind(
    name="apprise",
    text=Text("その他（Apprise）", "other services (Apprise)"),
    about=Text(
        "Discord・Telegram・Mattermost など、AppriseのURLで指定します",
        "Discord, Telegram, Mattermost and others, by a URL of Apprise",
    ),
    settings=AppriseSettings,
    secret=AppriseSecret,
    check=check,
    send=send,
)
