import csv
import io
import json

from sqlalchemy import select

from api.audit.actor import SERVICE, Actor, ActorKind
from api.audit.export import entries, json_lines, table
from api.audit.log import entry_hash, record
from api.audit.search import Wanted, newest_first
from api.db import Database
from api.models import AuditEntry
from api.models.base import utc_now


def test_lines_of_json_hold_all_that_the_hash_is_made_of(database: Database) -> None:
    with database.writing.begin() as session:
        record(session, SERVICE, "test.one", at=utc_now(), details={"名前": "=1+1"})
        record(session, SERVICE, "test.two", at=utc_now())
    with database.reading() as session:
        lines = [json.loads(line) for line in json_lines(entries(session, Wanted()))]
        kept = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [each["action"] for each in lines] == ["test.one", "test.two"]
    assert lines[1]["previous"] == lines[0]["hash"]
    for line, entry in zip(lines, kept, strict=True):
        assert line["hash"] == entry_hash(entry)


def test_a_table_holds_no_formula(database: Database) -> None:
    actor = Actor(ActorKind.STAFF, "u-x", '=HYPERLINK("http://evil.example","x")')
    with database.writing.begin() as session:
        record(session, actor, "test.one", at=utc_now(), target="＋1", details={"a": "@SUM(1)"})
    with database.reading() as session:
        written = b"".join(table(entries(session, Wanted()))).decode()
    assert written.startswith("\ufeff")
    (head, row) = csv.reader(io.StringIO(written.removeprefix("\ufeff")))
    values = dict(zip(head, row, strict=True))
    assert values["actor_name"] == "'" + actor.name
    assert values["target"] == "'＋1"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_it_finds_by_actor_action_contract_and_time(database: Database) -> None:
    yamada = Actor(ActorKind.CUSTOMER, "u-yamada", "taro@example.jp")
    with database.writing.begin() as session:
        record(session, SERVICE, "contract.suspend", at=utc_now(), contract="c-a")
        record(session, yamada, "contracts.other", at=utc_now(), contract="c-b")
        middle = utc_now()
        record(session, yamada, "contract.resume", at=utc_now(), contract="c-a")

    def found(wanted: Wanted) -> list[str]:
        with database.reading() as session:
            return [each.action for each in session.scalars(newest_first(wanted))]

    assert found(Wanted()) == ["contract.resume", "contracts.other", "contract.suspend"]
    assert found(Wanted(action="contract")) == ["contract.resume", "contract.suspend"]
    assert found(Wanted(action="contract.suspend")) == ["contract.suspend"]
    assert found(Wanted(action="contract%")) == []
    assert found(Wanted(actor="u-yamada")) == found(Wanted(actor="taro@example.jp"))
    assert found(Wanted(actor="u-yamada", contract="c-a")) == ["contract.resume"]
    assert found(Wanted(since=middle)) == ["contract.resume"]
    assert found(Wanted(until=middle)) == ["contracts.other", "contract.suspend"]
    assert found(Wanted(contract="' OR 1=1 --")) == []
