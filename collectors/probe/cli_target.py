"""The options by which a command names one device, and its secrets without showing them in the list of processes."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from collectors.agent.wording import default_lang
from collectors.probe.cli_errors import WrongUse
from collectors.probe.target import (
    AuthProtocol,
    PrivProtocol,
    ProbeTarget,
    SnmpVersion,
    TargetError,
    V3Credentials,
    split_address,
)
from collectors.text import Text

ASK = "-"
"""As the value of a secret: ask for it."""


def _secret(name: str, what: str) -> list[Callable[[Any], Any]]:
    variable = f"KARTE_SNMP_{name.replace('-', '_').upper()}"
    return [
        click.option(
            f"--{name}", envvar=variable, show_envvar=True, metavar="TEXT|-", help=f"{what}（-で入力 / - asks for it）"
        ),
        click.option(
            f"--{name}-file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            envvar=f"{variable}_FILE",
            show_envvar=True,
            help=f"{what}を書いたファイル / file that holds it",
        ),
    ]


_OPTIONS: list[Callable[[Any], Any]] = [
    click.argument("address", metavar="HOST[:PORT]"),
    *_secret("community", "コミュニティ名 / community (SNMP 1, 2c)"),
    click.option(
        "--snmp-version",
        type=click.Choice([each.value for each in SnmpVersion]),
        default=SnmpVersion.V2C.value,
        show_default=True,
        help="SNMPのバージョン / SNMP version",
    ),
    click.option("--user", default="", help="ユーザー名 / user name (SNMP 3)"),
    click.option(
        "--auth-protocol",
        type=click.Choice([each.value for each in AuthProtocol], case_sensitive=False),
        default=AuthProtocol.SHA.value,
        show_default=True,
        help="認証方式 / authentication (SNMP 3)",
    ),
    *_secret("auth-key", "認証の鍵 / authentication pass phrase (SNMP 3)"),
    click.option(
        "--priv-protocol",
        type=click.Choice([each.value for each in PrivProtocol], case_sensitive=False),
        default=PrivProtocol.AES.value,
        show_default=True,
        help="暗号方式 / encryption (SNMP 3)",
    ),
    *_secret("priv-key", "暗号の鍵 / encryption pass phrase (SNMP 3)"),
    click.option("--context-name", default="", help="コンテキスト名 / context name (SNMP 3)"),
    click.option(
        "--timeout", default=2.0, show_default=True, help="1回の応答を待つ秒数 / seconds to wait for one answer"
    ),
    click.option("--retries", default=1, show_default=True, help="聞き直す回数 / how often to ask again"),
]


_PARAMETERS = (
    "address",
    "community",
    "community_file",
    "snmp_version",
    "user",
    "auth_protocol",
    "auth_key",
    "auth_key_file",
    "priv_protocol",
    "priv_key",
    "priv_key_file",
    "context_name",
    "timeout",
    "retries",
)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options for one device, which it gets as `target`."""

    @functools.wraps(command)
    def with_target(**values: Any) -> Any:
        told = {name: values.pop(name) for name in _PARAMETERS}
        lang = values.get("lang") or default_lang()
        try:
            target = _target(told)
        except TargetError as error:
            raise WrongUse(error.text, lang) from None
        return command(target=target, **values)

    for option in reversed(_OPTIONS):
        with_target = option(with_target)
    return with_target


def _target(told: dict[str, Any]) -> ProbeTarget:
    version = SnmpVersion(told["snmp_version"])
    host, port = split_address(told["address"])
    return ProbeTarget(
        host=host,
        port=port,
        version=version,
        community=_read_secret(told, "community") or "public",
        v3=_credentials(told) if version is SnmpVersion.V3 else None,
        timeout_s=told["timeout"],
        retries=told["retries"],
    )


def _credentials(told: dict[str, Any]) -> V3Credentials:
    return V3Credentials(
        user=told["user"],
        auth_key=_read_secret(told, "auth_key"),
        auth_protocol=AuthProtocol(told["auth_protocol"]),
        priv_key=_read_secret(told, "priv_key"),
        priv_protocol=PrivProtocol(told["priv_protocol"]),
        context_name=told["context_name"],
    )


def _read_secret(told: dict[str, Any], name: str) -> str:
    given: str | None = told[name]
    if given == ASK:
        asked: str = click.prompt(name.replace("_", " "), hide_input=True, err=True)
        return asked
    path: Path | None = told[f"{name}_file"]
    if given is not None or path is None:
        return given or ""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise TargetError(Text(f"{path} をテキストとして読めません", f"{path} cannot be read as text")) from None
