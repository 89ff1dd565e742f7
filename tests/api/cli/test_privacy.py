"""The commands of `karte privacy` as a person runs them, on a real engine."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from api.cli import karte
from api.config import Config
from api.db import open_database
from api.influx.registry import create_engine
from api.local.influxd import Influxd
from api.models import Contract, ContractEvent, Reason, ReasonCode
from api.models.base import utc_now
from tests.api.cli.conftest import Run


@pytest.fixture
def run(influxd: Influxd, database_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `karte` on a service that the environment names, in English."""
    url = f"sqlite:///{tmp_path / 'karte.db'}"
    for name, value in {
        "KARTE_DATABASE_URL": url,
        "KARTE_SECRET_KEY": "a key for tests only",
        "KARTE_INFLUX_URL": influxd.url,
        "KARTE_INFLUX_DATABASE": database_name,
        "KARTE_INFLUX_ROLLUP_DATABASE": f"{database_name}_1h",
        "KARTE_REPORT_DIR": str(tmp_path / "reports"),
    }.items():
        monkeypatch.setenv(name, value)
    engine = create_engine(Config(url, "x", influx_url=influxd.url))
    for name in (database_name, f"{database_name}_1h"):
        engine.ensure_database(name, timedelta(days=30))

    def command(*arguments: str, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(karte, [*arguments, "--lang", "en"], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return command


@pytest.fixture
def contract(run: Run) -> str:
    made: str = json.loads(run("contract", "create", "山田商事", "--prefecture", "東京都", "--format", "json").stdout)[
        "id"
    ]
    return made


def rows(run: Run, *arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json").stdout)


def end(tmp_path: Path, contract: str) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'karte.db'}")
    with database.writing.begin() as session:
        found = session.scalars(select(Contract).where(Contract.public_id == contract)).one()
        found.apply(ContractEvent.TERMINATE, utc_now(), Reason(ReasonCode.CANCELLED))
    database.close()


def test_a_contract_is_exported_disclosed_erased_and_certified(run: Run, contract: str, tmp_path: Path) -> None:
    written = tmp_path / "all.zip"
    result = run("privacy", "export", contract, "-o", str(written))
    assert result.exit_code == 0, result.output
    assert "README.ja.txt" in zipfile.ZipFile(written).namelist()
    assert written.stat().st_mode & 0o777 == 0o600

    what = ("--authority", "○○地方検察庁", "--ground", "照会書 第1号", "--what", "記録の写し")
    assert run("privacy", "disclose", contract, *what, "--secret").exit_code == 0
    (disclosed,) = rows(run, "privacy", "disclosures", contract)
    assert (disclosed["authority"], disclosed["is_secret"]) == ("○○地方検察庁", True)
    late = run("privacy", "disclose", contract, *what, "--on", "2100-01-01")
    assert late.exit_code == 1
    assert "still to come" in late.output

    refused = run("privacy", "erase", contract, "--yes")
    assert refused.exit_code == 1
    assert "has not ended" in refused.output
    assert run("privacy", "certificate", contract).exit_code == 1
    end(tmp_path, contract)
    (due,) = rows(run, "privacy", "due")
    assert (due["id"], due["erased_at"]) == (contract, None)
    assert run("privacy", "erase", contract, "--yes").exit_code == 1

    asked = run("privacy", "erase", contract, "--now", "お客様の依頼", stdin="n\n")
    assert asked.exit_code == 1
    assert "cannot be undone" in asked.output
    assert rows(run, "privacy", "due")[0]["erased_at"] is None
    done = run("privacy", "erase", contract, "--now", "お客様の依頼", "--yes")
    assert done.exit_code == 0, done.output
    assert "Certificate of erasure" in done.output
    assert rows(run, "privacy", "due")[0]["erased_at"] is not None

    kept = tmp_path / "certificate.json"
    assert run("privacy", "certificate", contract, "-o", str(kept)).exit_code == 0
    assert json.loads(kept.read_text(encoding="utf-8"))["contract"] == contract
    actions = [each["action"] for each in rows(run, "audit", "list", "--action", "privacy")]
    assert actions == ["privacy.erased", "privacy.erase", "privacy.disclose", "privacy.export"]
    assert run("audit", "verify").exit_code == 0


def test_what_is_not_there_is_told_in_one_line(run: Run, contract: str, tmp_path: Path) -> None:
    missing = run("privacy", "export", "c-nosuchone0", "-o", str(tmp_path / "x.zip"))
    assert missing.exit_code == 1
    assert "there is no contract" in missing.output
    nowhere = run("privacy", "export", contract, "-o", str(tmp_path / "no" / "x.zip"))
    assert nowhere.exit_code == 1
    assert "cannot be written" in nowhere.output


def test_anonymised_data_is_written_or_refused_in_one_line(run: Run, contract: str, tmp_path: Path) -> None:
    few = run("privacy", "anonymise", "-o", str(tmp_path / "out"))
    assert few.exit_code == 1
    assert "1 contracts only" in few.output
    assert run("privacy", "anonymise", "-o", str(tmp_path / "out"), "--measurement", "gpu").exit_code == 2
    for name in ("鈴木医院", "佐藤会計"):
        run("contract", "create", name, "--prefecture", "東京都")
    key = tmp_path / "key"
    done = run("privacy", "anonymise", "-o", str(tmp_path / "out"), "--k", "3", "--key-file", str(key), "--raw")
    assert done.exit_code == 0, done.output
    assert "never hand it out" in done.output
    assert len(bytes.fromhex(key.read_text())) == 32
    said = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert (said["k"], said["source"], said["key_kept"]) == (3, "raw", True)
    assert run("privacy", "anonymise", "-o", str(tmp_path / "out"), "--k", "3").exit_code == 1
    logged = rows(run, "audit", "list", "--action", "privacy.anonymise")[0]
    assert logged["details"]["key_kept"] is False
    assert key.read_text().strip() not in json.dumps(logged)
