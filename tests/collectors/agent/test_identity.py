import json
import sys
from pathlib import Path

import pytest

from collectors.agent import credentials, identity
from collectors.agent.credentials import Credentials, NotEnrolled
from collectors.agent.wording import AgentError


def test_it_is_the_same_at_every_call_and_hides_the_systems_own_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "machine-id"
    own.write_text("0f5b3c1e9a7d4c2b8e6f1a2b3c4d5e6f\n")
    monkeypatch.setattr(identity, "_MACHINE_ID_FILES", (own,))

    found = identity.machine_id(tmp_path / "data")

    assert found == identity.machine_id(tmp_path / "elsewhere")
    assert len(found) == 64
    assert "0f5b3c1e" not in found
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("content", ["", "uninitialized\n"])
def test_it_keeps_a_random_id_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    own = tmp_path / "etc-machine-id"
    own.write_text(content)
    monkeypatch.setattr(identity, "_MACHINE_ID_FILES", (own, tmp_path / "absent"))

    first = identity.machine_id(tmp_path / "a")

    assert identity.machine_id(tmp_path / "a") == first
    assert identity.machine_id(tmp_path / "b") != first


def test_it_says_that_the_id_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_MACHINE_ID_FILES", ())
    (tmp_path / "file").write_text("")

    with pytest.raises(AgentError, match="cannot keep this machine's identity"):
        identity.machine_id(tmp_path / "file")


@pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux files")
@pytest.mark.parametrize(("chassis", "kind"), [("3\n", "pc"), ("10\n", "pc"), ("23\n", "server"), ("1\n", "server")])
def test_it_guesses_the_kind_from_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chassis: str, kind: str
) -> None:
    (tmp_path / "chassis_type").write_text(chassis)
    monkeypatch.setattr(identity, "_CHASSIS", tmp_path / "chassis_type")

    assert identity.machine_kind() == kind


@pytest.mark.skipif(sys.platform != "linux", reason="looks at Linux files")
def test_it_knows_a_nas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "synoinfo.conf").write_text("")
    monkeypatch.setattr(identity, "_NAS_FILES", (tmp_path / "synoinfo.conf",))

    assert identity.machine_kind() == "nas"


KNOWN = Credentials("http://127.0.0.1:1", "d-1", "secret", "c-1", "s-1")


def test_its_credentials_come_back_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "data" / "credentials.json"
    KNOWN.save(path)

    assert credentials.load(path) == KNOWN
    assert path.stat().st_mode & 0o777 == 0o600 or sys.platform == "win32"
    assert [each.name for each in path.parent.iterdir()] == ["credentials.json"]


def test_its_credentials_show_no_token_in_logs() -> None:
    assert "secret" not in repr(KNOWN)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"url": 1', json.dumps({"url": "x", "device": "d"}), "\udcff"])
def test_it_says_that_credentials_are_damaged(tmp_path: Path, content: str) -> None:
    path = tmp_path / "credentials.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))

    with pytest.raises(AgentError, match="damaged; enrol again"):
        credentials.load(path)


def test_it_says_that_there_are_no_credentials(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled):
        credentials.load(tmp_path / "credentials.json")


def test_it_leaves_the_old_credentials_where_new_ones_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "credentials.json"
    KNOWN.save(path)
    (tmp_path / "credentials.json.new").mkdir()  # stands in the way

    with pytest.raises(AgentError, match="cannot keep the credentials"):
        KNOWN.save(path)
    assert credentials.load(path) == KNOWN
