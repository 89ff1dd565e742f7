import json
from pathlib import Path

from sqlalchemy import text

from api.audit.actor import SERVICE
from api.audit.log import record
from api.db import open_database
from api.models.base import utc_now
from tests.api.cli.conftest import Run, RunJson


def fill(tmp_path: Path) -> str:
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'karte.db'}")
    with database.writing.begin() as session:
        for number in range(3):
            newest = record(session, SERVICE, "test.act", at=utc_now(), contract="c-a", target=f"=t{number}").hash
    database.close()
    return newest


def test_it_lists_verifies_and_exports(run: Run, run_json: RunJson, contract: str, tmp_path: Path) -> None:
    before = run_json("audit", "verify")["entries"]
    newest = fill(tmp_path)
    listed = run_json("audit", "list", "--action", "test", "--limit", "2")
    assert [each["target"] for each in listed] == ["=t2", "=t1"]
    assert "test.act" in run("audit", "list").output
    verified = run("audit", "verify")
    assert verified.exit_code == 0
    assert newest in verified.output
    assert run_json("audit", "verify") == {"entries": before + 3, "newest": newest, "broken": None}
    written = tmp_path / "log.csv"
    assert run("audit", "export", "--as", "csv", "--contract", "c-a", "-o", str(written)).exit_code == 0
    assert written.read_bytes().startswith(b"\xef\xbb\xbfid,")
    assert ",'=t0," in written.read_text(encoding="utf-8-sig")
    assert written.stat().st_mode & 0o777 == 0o600
    lines = run("audit", "export", "--contract", "c-a").stdout.splitlines()
    assert [json.loads(line)["target"] for line in lines] == ["=t0", "=t1", "=t2"]


def test_a_broken_log_ends_with_1_and_names_the_place(run: Run, contract: str, tmp_path: Path) -> None:
    fill(tmp_path)
    database = open_database(f"sqlite:///{tmp_path / 'data' / 'karte.db'}")
    with database.engine.begin() as connection:
        place = connection.execute(text("SELECT max(id) - 1 FROM audit_entry")).scalar()
        connection.execute(text(f"UPDATE audit_entry SET actor_name = 'x' WHERE id = {place}"))
    database.close()
    verified = run("audit", "verify")
    assert verified.exit_code == 1
    assert f"breaks at entry {place}" in verified.output
