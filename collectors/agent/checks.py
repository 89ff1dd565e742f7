"""Whether this machine and its network are fit for the agent; `karte agent check` shows it."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import urllib3

from collectors.agent import credentials
from collectors.agent.gateway import Answer, InfluxGateway, answer, connections
from collectors.agent.paths import is_root
from collectors.agent.settings import Config
from collectors.agent.wording import AgentError, fill
from collectors.registry import INPUTS
from collectors.text import Text
from collectors.unanswered import cause

CLOCK_LIMIT_S = 120.0
"""The gateway refuses points that are more than some minutes ahead; well before that the clock wants mending."""


class Level(StrEnum):
    """How a check ended."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        subject: what was checked.
        level: how it is.
        text: what was found, and what to do where something is to be done.
    """

    subject: Text
    level: Level
    text: Text


_CONFIG = Text("設定", "configuration")
_ENROLMENT = Text("登録", "enrolment")
_SPOOL = Text("スプール", "spool")
_NETWORK = Text("ネットワーク", "network")
_TOKEN = Text("デバイストークン", "device token")
_CLOCK = Text("時計", "clock")
_RIGHTS = Text("権限", "permissions")
_INPUT = Text("収集項目 {name}", "input {name}")

_DEFAULTS = Text("設定ファイルなし。すべて既定値です", "no configuration file: all settings have their defaults")
_READ = Text("{path}を読みました", "read {path}")
_ENROLLED = Text("契約{contract}の機器{device}として登録済みです", "enrolled as device {device} of contract {contract}")
_OPEN = Text(
    "{path}をほかのユーザーが読めます。chmod 600 {path} を実行してください",
    "other users can read {path}; run chmod 600 {path}",
)
_WRITABLE = Text("{path}に書き込めます（空き{free} MiB）", "{path} can be written ({free} MiB free)")
_UNWRITABLE = Text(
    "{path}に書き込めません: {why}。権限を直すか、[spool] dirで別の場所を指定してください",
    "{path} cannot be written: {why}; mend its permissions or name another place in [spool] dir",
)
_SPACE = Text(
    "{path}の空きは{free} MiBで、スプールの上限{need} MiBより少なめです",
    "{path} has {free} MiB free, less than the spool may grow to ({need} MiB)",
)
_NO_URL = Text("送信先が分かりません。先に登録してください", "no gateway is known; enrol first")
_REACHED = Text("{url}に接続できます", "{url} can be reached")
_UNREACHED = Text(
    "{url}に接続できません: {why}。"
    "ケーブル、DNS、プロキシー、ファイアウォール（{host}へのTCP {port}）を確認してください",
    "{url} cannot be reached: {why}; check cable, DNS, proxy and firewall (TCP {port} to {host})",
)
_SICK = Text(
    "{url}はHTTP {status}を返しました。URLを確認し、続くようなら事業者に連絡してください",
    "{url} answered HTTP {status}; check the URL, and tell the provider if it goes on",
)
_TOKEN_OK = Text("受け付けられました", "accepted")
_TOKEN_BAD = Text(
    "受け付けられません（HTTP {status}: {message}）。karte agent enroll で登録し直してください",
    "not accepted (HTTP {status}: {message}); enrol again with karte agent enroll",
)
_TOKEN_UNKNOWN = Text("確認できません（HTTP {status} {message}）", "cannot tell (HTTP {status} {message})")
_CLOCK_OK = Text("ゲートウェイとの差は約{offset:.0f}秒です", "about {offset:.0f} s from the gateway's")
_CLOCK_OFF = Text(
    "ゲートウェイと{offset:.0f}秒ずれています。時刻の自動設定（NTP）を有効にしてください",
    "{offset:.0f} s from the gateway's; switch automatic time (NTP) on",
)
_CLOCK_UNKNOWN = Text("ゲートウェイに接続できないため確認できません", "cannot tell without the gateway")
_ROOT = Text("管理者として動いています", "runs as administrator")
_NO_ROOT = Text(
    "管理者ではありません。SMARTなど一部の項目は管理者権限が必要です",
    "not an administrator: some inputs, such as SMART, need that",
)


def run(config: Config) -> Iterator[Finding]:
    """Check everything, one after the other."""
    read = fill(_READ, path=config.path) if config.path else _DEFAULTS
    yield Finding(_CONFIG, Level.OK, read)
    known, enrolment = _enrolment(config)
    yield enrolment
    yield _spool(config)
    yield from _gateway(config, known)
    yield Finding(_RIGHTS, Level.OK if is_root() else Level.NOTE, _ROOT if is_root() else _NO_ROOT)
    for each in INPUTS:
        found = each.available()
        if config.inputs[each.name].enabled and not found.ok:
            yield Finding(fill(_INPUT, name=each.name), Level.NOTE, found.reason)


def _enrolment(config: Config) -> tuple[credentials.Credentials | None, Finding]:
    path = config.credentials_path
    try:
        known = credentials.load(path)
    except AgentError as error:
        return None, Finding(_ENROLMENT, Level.PROBLEM, error.text)
    if sys.platform != "win32" and path.stat().st_mode & 0o077:
        return known, Finding(_ENROLMENT, Level.PROBLEM, fill(_OPEN, path=path))
    text = fill(_ENROLLED, device=known.device, contract=known.contract)
    return known, Finding(_ENROLMENT, Level.OK, text)


def _spool(config: Config) -> Finding:
    path = config.spool_dir
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path, prefix="check-")
        os.close(descriptor)
        Path(name).unlink()
        free = shutil.disk_usage(path).free
    except OSError as error:
        return Finding(_SPOOL, Level.PROBLEM, fill(_UNWRITABLE, path=path, why=error.strerror))
    mib, need = free // 1024**2, config.spool.max_bytes
    if free < need:
        return Finding(_SPOOL, Level.NOTE, fill(_SPACE, path=path, free=mib, need=need // 1024**2))
    return Finding(_SPOOL, Level.OK, fill(_WRITABLE, path=path, free=mib))


def _gateway(config: Config, known: credentials.Credentials | None) -> Iterator[Finding]:
    url = config.gateway.url or (known.url if known else "")
    if not url:
        yield Finding(_NETWORK, Level.PROBLEM, _NO_URL)
        return
    health = _health(config, url)
    yield _network(url, health)
    if known and health.status:
        gateway = InfluxGateway(
            url, known.token, config.gateway.timeout_s, config.gateway.proxy, config.gateway.ca_file
        )
        # A body without a line: the gateway looks at the token first and then has nothing to store.
        yield _token(gateway.write([b"# karte agent check"]))
        gateway.close()
    yield _clock(health.clock_offset_s)


def _health(config: Config, url: str) -> Answer:
    chosen = config.gateway
    pool = connections(chosen.proxy, chosen.ca_file)
    try:
        got = pool.request("GET", f"{url}/healthz", timeout=chosen.timeout_s, retries=False)
        return answer(got.status, got.headers, got.data, time.time())
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return Answer(0, cause(error))


def _network(url: str, health: Answer) -> Finding:
    if health.status == 200:
        return Finding(_NETWORK, Level.OK, fill(_REACHED, url=url))
    if health.status:
        return Finding(_NETWORK, Level.PROBLEM, fill(_SICK, url=url, status=health.status))
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    why = fill(_UNREACHED, url=url, why=health.message, host=parts.hostname, port=port)
    return Finding(_NETWORK, Level.PROBLEM, why)


def _token(got: Answer) -> Finding:
    if got.status in (401, 403):
        return Finding(_TOKEN, Level.PROBLEM, fill(_TOKEN_BAD, status=got.status, message=got.message))
    if got.status == 204 or (got.is_api and got.status in (400, 422)):
        return Finding(_TOKEN, Level.OK, _TOKEN_OK)
    return Finding(_TOKEN, Level.PROBLEM, fill(_TOKEN_UNKNOWN, status=got.status, message=got.message))


def _clock(offset_s: float | None) -> Finding:
    if offset_s is None:
        return Finding(_CLOCK, Level.NOTE, _CLOCK_UNKNOWN)
    if abs(offset_s) > CLOCK_LIMIT_S:
        return Finding(_CLOCK, Level.PROBLEM, fill(_CLOCK_OFF, offset=offset_s))
    return Finding(_CLOCK, Level.OK, fill(_CLOCK_OK, offset=abs(offset_s)))
