"""From a stopped antivirus, by a real Grafana's alerting and its webhook, to a mail with what to do, and to its end."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from alert_rules.registry import Entry, entries
from api.channels.entry import Entered, channel_of
from api.channels.kind import tools_of
from api.channels.sending import sender_with
from api.channels.vault import vault_of
from api.config import Config
from api.grafana.alerting import converge, wanted_of
from api.grafana.setting import create_grafana
from api.influx.engine import Engine
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Contract
from api.models.base import utc_now
from api.relay.compose import Addresses
from api.relay.dispatch import Relay, Tools
from api.routes import alerts as alerts_route
from api.standing.store import store
from api.standing.thresholds import zero_points
from collectors.inputs.antivirus.points import to_points
from collectors.inputs.antivirus.product import DEFAULT_POLICY, Findings, Mode, Product
from collectors.point import Point
from tests.api.channels.pki import make_pki
from tests.api.channels.places import PATIENT, leading_to
from tests.api.channels.services.mail import Mailbox, mailing
from tests.api.relay.conftest import AtOnce
from tests.live.grafana_place import MARKS, Place, placed

pytestmark = MARKS

EVERY_S = 10
AT_MOST_S = 200.0

_REAL = entries()["antivirus_off"]
RULES = {
    "antivirus_off": Entry(
        _REAL.category, msgspec.structs.replace(_REAL.rule, every="10s", window="30s", pending="20s")
    )
}
"""The rule as it is, but in seconds: nobody waits for half an hour here."""


@pytest.fixture
def place(influxd: Influxd, tmp_path: Path) -> Iterator[Place]:
    config = Config("", "", influx_url=influxd.url, influx_database="told", influx_rollup_database="told_1h")
    engine = create_engine(config)
    for name in ("told", "told_1h"):
        engine.ensure_database(name, timedelta(days=36_500))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GF_UNIFIED_ALERTING_MIN_INTERVAL", f"{EVERY_S}s")
        patch.setattr(alerts_route, "entries", lambda: RULES)
        with placed(tmp_path, replace(config, alerting="grafana")) as running:
            yield running


@dataclass
class Pc:
    """A PC whose antivirus tells how it is every few seconds."""

    engine: Engine
    database: str
    contract: str

    def tell(self, *, realtime: bool) -> None:
        defender = Product("Microsoft Defender Antivirus", "defender", Mode.ON, realtime=realtime, up_to_date=True)
        tags = {"contract": self.contract, "site": "s-1", "device": "d-1", "host": "PC-1"}
        at = int(utc_now().timestamp() * 10**9)
        points = to_points(Findings((defender,)), DEFAULT_POLICY)
        store(self.engine, self.database, [Point(p.measurement, {**p.tags, **tags}, p.fields, at) for p in points])


def test_grafana_s_alert_becomes_a_mail_and_so_does_its_end(place: Place, tmp_path: Path) -> None:
    contract = place.contract("山田商事株式会社", people=0)
    place.sync()
    engine = create_engine(place.config)
    subject = {"contract": contract, "device": "d-1"}
    store(engine, place.config.influx_database, list(zero_points([contract], [subject], utc_now())))
    grafana = create_grafana(place.config)
    assert not converge(grafana, wanted_of(place.config, RULES)).failed
    grafana.close()
    (tmp_path / "pki").mkdir()
    pki = make_pki(tmp_path / "pki")
    with mailing(Mailbox(), pki.server, "starttls") as mailbox:
        guard, vault = leading_to({"smtp.example.jp": mailbox.port}), vault_of(place.config)
        with place.database.writing.begin() as session:
            row = session.scalars(select(Contract).where(Contract.public_id == contract)).one()
            mail = {"host": "smtp.example.jp", "sender": "karte@example.jp", "to": ["soumu@example.jp"]}
            session.add(channel_of(row.id, Entered("mail", "総務部", mail, {}), vault, guard))
        send = sender_with(vault, tools_of(guard, pki.trusting, PATIENT))
        addresses = Addresses("https://karte.example.jp", None, place.config.secret_key)
        relay = Relay(Tools(place.database, entries(), addresses, send))
        pc = Pc(engine, place.config.influx_database, contract)

        _until(lambda: len(mailbox.envelopes) == 1, lambda: pc.tell(realtime=False), relay)
        _until(lambda: len(mailbox.envelopes) == 2, lambda: pc.tell(realtime=True), relay)

    opened, over = (each[1] for each in mailbox.envelopes)
    assert opened["Subject"] == "[要対応] PC-1: ウイルス対策が動いていない"
    assert "LANケーブル" in _text(opened)
    assert over["Subject"] == "[回復] PC-1: ウイルス対策が動いていない"
    assert over["References"] == opened["References"]


def _until(reached: Callable[[], bool], tell: Callable[[], None], relay: Relay) -> None:
    end, pool = time.monotonic() + AT_MOST_S, AtOnce()
    while not reached():
        assert time.monotonic() < end, "nothing came"
        tell()
        relay.step(pool)
        time.sleep(3)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    content: str = body.get_content()
    return content
