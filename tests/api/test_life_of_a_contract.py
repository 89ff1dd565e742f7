"""The life of a contract, from its application to the certificate of what was erased, on the running service.

The provider's part goes by `karte`, the machines' through gunicorn into influxd, by the agent's own spool and sender,
and the notices through a real mail server.
"""

import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from click.testing import CliRunner
from sqlalchemy import select

from api.cli import karte
from api.config import Config
from api.local.datadir import DataDir
from api.local.influxd import Influxd
from api.mail.letter import Links
from api.mail.sender import ServiceMails
from api.mail.server import mail_server
from api.models import ContractEvent, Device
from api.models.base import service_day, utc_now
from collectors.agent.gateway import InfluxGateway
from collectors.agent.policy import Backoff
from collectors.agent.sender import Progress, Sender
from collectors.agent.spool import Limits, Spool
from tests.api.channels.services.mail import Mailbox, mailing
from tests.serving import Served, serving

CUSTOMER, SUCCESSOR = "田中商事株式会社", "新田中ホールディングス株式会社"
TERMS = "# 本サービス利用規約\n\n1. 基本サービスの対象機器は10台です。\n"
TERMS_EN = "# Terms of this service\n\n1. The basic service covers ten target devices.\n"


@dataclass
class Provider:
    """The provider's side: its command line, its mails, and the service that machines speak to."""

    served: Served
    mails: ServiceMails
    mailbox: Mailbox

    def karte(self, *arguments: str) -> str:
        """Run a command that has to succeed; return what it wrote."""
        result = CliRunner().invoke(karte, [*arguments, "--lang", "en"])
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments: str) -> str:
        """Run a command that has to fail; return its one line."""
        result = CliRunner().invoke(karte, [*arguments, "--lang", "en"])
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1), result.output
        return result.stderr

    def told(self, *arguments: str) -> Any:
        """Run a command and return its JSON."""
        return json.loads(self.karte(*arguments, "--format", "json"))

    def enrol(self, code: str, number: int) -> tuple[int, dict[str, Any]]:
        """Let a machine enrol over HTTP."""
        machine = {"install_id": code, "hostname": f"PC-{number}", "machine_id": f"machine-{number}", "kind": "pc"}
        answer = urllib3.request("POST", f"{self.served.url}/api/v1/enroll", json=machine)
        return answer.status, answer.json()

    def stored(self, contract: str) -> int:
        """Return how many of the points of a contract's agent arrived."""
        query = f"SELECT count(used_percent) FROM mem WHERE \"contract\" = '{contract}'"  # an id of ours
        series = self.served.engine.query("karte", query)
        return int(series[0].values[0][1]) if series else 0

    def dispatch(self) -> list[str]:
        """Let all mails that wait go out; return their subjects."""
        before = len(self.mailbox.envelopes)
        while self.mails.step():
            pass
        return [str(mail["Subject"]) for _to, mail in self.mailbox.envelopes[before:]]


@pytest.fixture
def provider(influxd: Influxd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    root = tmp_path / "service"
    with serving(root, influxd.url) as served, mailing(Mailbox(), None, "none") as mailbox:
        served.engine.ensure_database("karte_1h", timedelta(days=1096))
        served.office.apply(ContractEvent.TERMINATE)  # the provider begins without a customer
        data = DataDir(root)
        for name, value in {
            "KARTE_DATABASE_URL": data.database_url,
            "KARTE_SECRET_KEY": data.secret_key(),
            "KARTE_INFLUX_URL": influxd.url,
            "KARTE_INFLUX_DATABASE": "karte",
            "KARTE_REPORT_DIR": str(tmp_path / "reports"),
        }.items():
            monkeypatch.setenv(name, value)
        config = Config(
            data.database_url,
            data.secret_key(),
            mail_host="127.0.0.1",
            mail_port=mailbox.port,
            mail_tls="none",
            mail_from="karte@example.jp",
        )
        mails = ServiceMails(served.office.database, Links(served.url, config.secret_key), mail_server(config))
        yield Provider(served, mails, mailbox)


@pytest.fixture
def terms(tmp_path: Path) -> list[str]:
    for name, text in (("service.ja.md", TERMS), ("service.en.md", TERMS_EN)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [str(tmp_path / "service.ja.md"), str(tmp_path / "service.en.md")]


def points(first: int, count: int) -> list[str]:
    begin = int(utc_now().timestamp()) - 3600
    return [
        f"mem,host=PC-0 used_percent={40 + number} {begin + number}000000000" for number in range(first, first + count)
    ]


def test_the_life_of_a_contract(provider: Provider, terms: list[str], tmp_path: Path) -> None:
    today = service_day(utc_now())

    # Application, terms, beginning.
    provider.karte("terms", "publish", *terms, "--effective", str(today))
    contract = provider.told("contract", "create", CUSTOMER, "--prefecture", "東京都", "--draft")["id"]
    assert "were not accepted yet" in provider.refused("contract", "activate", contract)
    provider.karte("terms", "accept", contract, "--by", "田中太郎")
    provider.karte("contract", "activate", contract)
    user = "tanaka@example.jp"
    provider.karte("user", "create", user, "--contract", contract, "--position", "representative")

    # Ten machines, a refused eleventh, an option, an eleventh.
    code = provider.told("device", "issue-id", contract)["code"]
    enrolled = [provider.enrol(code, number) for number in range(10)]
    assert [status for status, _answer in enrolled] == [201] * 10
    status, refusal = provider.enrol(code, 10)
    assert (status, refusal["error"]["code"], refusal["error"]["details"]["quota"]) == (409, "quota_exceeded", 10)
    provider.karte("contract", "add-devices", contract, "1")
    assert provider.enrol(code, 10)[0] == 201

    # Suspended: the agent is refused with the reason and keeps what it has; resumed: it arrives.
    token = enrolled[0][1]["token"]
    spool = Spool(tmp_path / "spool", Limits())
    sender = Sender(spool, InfluxGateway(provider.served.url, token, timeout_s=10.0), 5000, Backoff())
    spool.append(points(0, 20))
    assert sender.flush()
    assert provider.stored(contract) == 20
    provider.karte("contract", "suspend", contract, "--reason", "unpaid_fees", "--note", "10月分")
    assert provider.dispatch() == ["[重要なお知らせ] サービス提供の停止について"]
    refused_with = _refusal_of_a_write(provider, token)
    assert refused_with == (403, "the contract is suspended: unpaid fees (10月分)")
    spool.append(points(20, 30))
    assert sender.step() is Progress.WAIT
    assert spool.status().points == 30
    assert provider.stored(contract) == 20
    provider.karte("contract", "resume", contract)
    assert sender.flush()
    assert (spool.status().points, provider.stored(contract)) == (0, 50)
    spool.close()

    # A breach that is cured.
    until = str(today + timedelta(days=7))
    provider.karte("contract", "notify-breach", contract, "--what", "IDの第三者への貸与", "--cure-until", until)
    assert f"to be cured until {until}" in provider.karte("contract", "show", contract)
    assert "the customer may cure the breach until" in provider.refused(
        "contract", "terminate", contract, "--reason", "breach"
    )
    provider.karte("contract", "cure", contract)

    # A transfer after a merger.
    document = tmp_path / "register.pdf"
    document.write_bytes(b"%PDF-1.7 an extract of the register")
    provider.karte(
        *("transfer", "apply", contract, "--ground", "merger"),
        *("--successor", SUCCESSOR, "--happened-on", str(today)),
    )
    (transfer,) = provider.told("transfer", "list", contract)
    provider.karte("transfer", "add-document", transfer["id"], str(document))
    provider.karte("transfer", "decide", transfer["id"], "--accept")
    assert provider.told("contract", "show", contract)["name"] == SUCCESSOR
    provider.dispatch()

    # The end takes effect when its notice is dispatched.
    provider.karte("contract", "terminate", contract, "--reason", "cancelled")
    assert provider.told("contract", "show", contract)["state"] == "active"
    assert provider.dispatch() == ["[重要なお知らせ] 契約の終了について"]
    assert provider.told("contract", "show", contract)["state"] == "terminated"
    assert _refusal_of_a_write(provider, token) == (403, "the contract has ended: cancelled")

    # Everything that is held, then its erasure with a certificate.
    exported = tmp_path / "export.zip"
    provider.karte("privacy", "export", contract, "--output", str(exported))
    held = b"".join(zipfile.ZipFile(exported).read(name) for name in zipfile.ZipFile(exported).namelist())
    for word in (SUCCESSOR, "PC-10", "used_percent", user):
        assert word.encode() in held, word
    assert token.encode() not in held
    assert "days after its end" in provider.refused("privacy", "erase", contract, "--yes")
    provider.karte("privacy", "erase", contract, "--now", "the customer asked for it", "--yes")
    assert provider.stored(contract) == 0
    with provider.served.office.database.reading() as session:
        assert session.scalars(select(Device.id).where(Device.hostname.like("PC-%"))).all() == []
    certificate = provider.karte("privacy", "certificate", contract)
    assert contract in certificate
    assert SUCCESSOR not in certificate
    provider.karte("audit", "verify")
    done = [entry["action"] for entry in provider.told("audit", "list", "--contract", contract)]
    assert {"contract.suspend", "contract.resume", "transfer.decide", "contract.order_termination"} <= set(done)


def _refusal_of_a_write(provider: Provider, token: str) -> tuple[int, str]:
    """Return what a device is told once its token opens nothing; the gateway remembers what it opened for a moment."""
    until = time.monotonic() + 30
    while (answer := _write(provider, token)).status == 204 and time.monotonic() < until:
        time.sleep(0.1)
    return answer.status, answer.json()["message"]


def _write(provider: Provider, token: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request(
        "POST",
        f"{provider.served.url}/api/v2/write?bucket=karte&precision=ns",
        body=points(0, 1)[0].encode(),
        headers={"Authorization": f"Token {token}"},
    )
