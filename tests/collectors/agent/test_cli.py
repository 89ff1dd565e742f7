import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.local.ports import free_port
from collectors.agent import checks as checks_module
from collectors.agent import cli, service, session
from collectors.agent.credentials import Credentials
from collectors.agent.spool import Spool
from collectors.declaration import Field, FieldType, Measurement
from collectors.input import Availability, BadOutput, Gatherer, Input, NothingToReport, Recording
from collectors.inputs import software
from collectors.point import Point
from collectors.text import Text
from tests.collectors.agent.fake_gateway import FakeGateway, Reply

ROOM = Measurement("room", Text("部屋", "room"), (), (Field("heat", FieldType.FLOAT, Text("温度", "heat"), "°C"),))


class Warm:
    def gather(self) -> list[Point]:
        return [Point("room", {}, {"heat": 21.5})]


def _create(_settings: Mapping[str, Any]) -> Gatherer:
    return Warm()


def _parse(recording: Recording) -> list[Point]:
    text = recording.data.decode()
    if text == "none":
        raise NothingToReport("no thermometer")
    if text == "crash":
        raise KeyError("heat")
    try:
        return [Point("room", {}, {"heat": float(value)}) for value in text.split()]
    except ValueError:
        raise BadOutput("not a number") from None


INPUTS = (
    Input("room", Text("部屋の温度", "heat of the room"), (ROOM,), _create, parse=_parse),
    Input(
        "cellar",
        Text("地下室", "cellar"),
        (),
        _create,
        available=lambda: Availability(False, Text("地下室がありません", "there is no cellar")),
    ),
)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module in (cli, service, session, checks_module):
        monkeypatch.setattr(module, "INPUTS", INPUTS)
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(f'[agent]\ndata_dir = "{tmp_path}/data"\nhost = "pc1"\n')
    return path


def agent(config: Path, *arguments: str, stdin: bytes | None = None, lang: str = "en") -> Result:
    return CliRunner().invoke(cli.agent, [*arguments, "--config", str(config), "--lang", lang], input=stdin)


def enrolled(config: Path, url: str) -> None:
    Credentials(url, "d-1", "secret", "c-1", "s-1").save(config.parent / "data" / "credentials.json")


def test_it_prints_points_of_this_machine(config: Path) -> None:
    done = agent(config, "once", "--output", "-")

    assert done.exit_code == 0
    assert done.stdout.startswith("room,host=pc1 heat=21.5 1")
    assert {line.split(",")[0] for line in done.stdout.splitlines()} == {"room", "collector_run", "agent"}
    assert done.stderr == ""


def test_it_writes_points_to_a_file_and_says_when_it_cannot(config: Path, tmp_path: Path) -> None:
    assert agent(config, "once", "--output", str(tmp_path / "points")).exit_code == 0
    assert (tmp_path / "points").read_text().startswith("room,host=pc1 heat=21.5 1")

    failed = agent(config, "once", "--output", str(tmp_path / "no" / "points"))
    assert (failed.exit_code, failed.stderr.count("\n")) == (1, 1)


def test_it_sends_once(config: Path, gateway: FakeGateway) -> None:
    enrolled(config, gateway.url)

    done = agent(config, "once")

    assert (done.exit_code, done.stderr) == (0, "collected and sent\n")
    assert sum(line.startswith(b"room,host=pc1 heat=21.5 ") for line in gateway.stored) == 1


def test_it_keeps_what_it_could_not_send_and_fails(config: Path, gateway: FakeGateway) -> None:
    enrolled(config, gateway.url)
    gateway.answer = lambda _request: Reply(503, b"")

    failed = agent(config, "once")
    gateway.answer = lambda _request: Reply()
    done = agent(config, "once")

    assert failed.exit_code == 1
    assert "5 lines could not be sent: they stay in the spool" in failed.stderr
    assert done.exit_code == 0
    assert sum(gateway.stored.values()) == 10


def test_it_does_not_send_from_a_spool_that_another_agent_uses(config: Path) -> None:
    enrolled(config, "http://127.0.0.1:9")
    running = Spool(config.parent / "data" / "spool")

    done = agent(config, "once")
    running.close()

    assert done.exit_code == 1
    assert done.stderr.startswith("another agent (process ")


@pytest.mark.parametrize("command", ["once", "run"])
def test_it_says_how_to_enrol(config: Path, command: str) -> None:
    done = agent(config, command, lang="ja")

    assert done.exit_code == 1
    assert done.stderr == "この機器はまだ登録されていません。karte agent enroll URL コード で登録してください\n"


def test_it_takes_a_bad_configuration_for_wrong_use(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text("[agent]\nhots = 'x'\n")

    done = agent(path, "run")

    assert done.exit_code == 2
    assert done.stderr == f"{path}:2: there is no setting 'agent.hots'; did you mean 'host'?\n"


def test_it_speaks_the_language_of_its_configuration(config: Path) -> None:
    config.write_text(config.read_text() + 'lang = "ja"\n')

    done = CliRunner().invoke(cli.agent, ["once", "--config", str(config)])

    assert done.stderr.startswith("この機器はまだ登録されていません")


def test_it_lists_inputs_in_columns(config: Path) -> None:
    done = agent(config, "inputs", lang="ja")

    assert [" ".join(line.split()) for line in done.stdout.splitlines()[:3]] == [
        "名前 利用 間隔 内容 状況",
        "room 可 1m 部屋の温度 利用できます",
        "cellar 不可 1m 地下室 地下室がありません",
    ]


def test_it_lists_the_probes_inputs_with_what_asks_for_them(config: Path) -> None:
    before = json.loads(agent(config, "inputs", "--format", "json").stdout)[2:]
    config.write_text(config.read_text() + '\n[[probe.check]]\nname = "gate"\ntype = "tcp"\ntarget = "127.0.0.1:9"\n')
    after = json.loads(agent(config, "inputs", "--format", "json").stdout)[2:]

    assert [each["name"] for each in before] == ["snmp_probe", "discovery", "reachability"]
    assert before[2]["reason"] == "the configuration has no [[probe.check]]"
    assert [each["available"] for each in after] == [False, False, True]


def test_it_lists_inputs_for_programs(config: Path) -> None:
    room, cellar = json.loads(agent(config, "inputs", "--format", "json").stdout)[:2]

    assert (room["name"], room["available"], room["measurements"]) == ("room", True, ["room"])
    assert (cellar["available"], cellar["reason"]) == (False, "there is no cellar")


def test_it_parses_a_recording_into_line_protocol_or_json(config: Path, tmp_path: Path) -> None:
    (tmp_path / "room.txt").write_text("21.5 22")

    lines = agent(config, "parse", "room", str(tmp_path / "room.txt"))
    listed = agent(config, "parse", "room", "-", "--format", "json", stdin=b"21.5")

    assert (lines.exit_code, lines.stdout) == (0, "room heat=21.5\nroom heat=22.0\n")
    assert json.loads(listed.stdout) == [{"measurement": "room", "tags": {}, "fields": {"heat": 21.5}, "time_ns": None}]


def test_it_shows_what_a_recording_lists_with_its_points(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "INPUTS", (software.INPUT,))
    rows = '"Name","Version","Vendor","InstallDate"\r\n"会計ソフト","8.1","株式会社サンプル","20260401"\r\n'
    (tmp_path / "list.csv").write_bytes(rows.encode("cp932"))

    (point,) = json.loads(agent(config, "parse", "software", str(tmp_path / "list.csv"), "--format", "json").stdout)
    lines = agent(config, "parse", "software", str(tmp_path / "list.csv")).stdout

    (item,) = point["items"]
    assert point["fields"]["installed"] == 1
    assert (item["name"], item["version"], item["publisher"]) == ("会計ソフト", "8.1", "株式会社サンプル")
    assert (item["installed_on"], item["size_kib"]) == ("2026-04-01", None)
    assert "会計ソフト" not in lines


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "expected"),
    [
        (("romo", "-"), b"1", 2, "there is no input 'romo'; did you mean 'room'?"),
        (("zzz", "-"), b"1", 2, "there is no input 'zzz'; karte agent inputs lists them"),
        (
            ("cellar", "-"),
            b"1",
            2,
            "cellar reads no recorded output, its values come from the system itself; those that do are room",
        ),
        (("room", "/no/such"), b"", 1, "cannot read /no/such: No such file or directory"),
        (("room", "-"), b"warm", 1, "cannot read - as output of room: not a number"),
        (("room", "-"), b"crash", 1, "cannot read - as output of room: KeyError: 'heat'"),
        (
            ("room", "-"),
            b"nan",
            1,
            "a point does not match its declaration: field 'heat' of 'room' is nan, which InfluxDB cannot store",
        ),
        (("room", "-"), b"none", 0, "nothing to report"),
    ],
)
def test_it_says_in_one_line_what_is_wrong_with_a_recording(
    config: Path, arguments: tuple[str, str], stdin: bytes, code: int, expected: str
) -> None:
    done = agent(config, "parse", *arguments, stdin=stdin)

    assert (done.exit_code, done.stderr) == (code, f"{expected}\n")


def test_it_enrols_and_says_what_comes_next(config: Path, gateway: FakeGateway) -> None:
    given = {"device": "d-7", "token": "secret", "contract": "c-1", "site": "s-1", "name": "山田商事株式会社"}
    gateway.answer = lambda _request: Reply(201, json.dumps(given).encode())

    done = agent(config, "enroll", f"{gateway.url}/", "AAAA-BBBB", "--kind", "server", lang="ja")

    path = config.parent / "data" / "credentials.json"
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"この機器（server）を山田商事株式会社の機器d-7として登録しました。資格情報: {path}",
        "次に: karte agent check で動作環境を確認し、karte agent run で収集を始めてください",
    ]
    assert "secret" not in done.output
    assert json.loads(path.read_text())["url"] == gateway.url


def test_it_fails_to_enrol_with_the_services_words(config: Path, gateway: FakeGateway) -> None:
    error = {"error": {"code": "quota_exceeded", "message": "ten of ten", "details": {}}}
    gateway.answer = lambda _request: Reply(409, json.dumps(error).encode())

    done = agent(config, "enroll", gateway.url, "AAAA")

    assert (done.exit_code, done.stderr) == (1, "not enrolled: ten of ten (quota_exceeded)\n")
    assert not (config.parent / "data" / "credentials.json").exists()


def test_it_takes_a_bad_url_for_wrong_use(config: Path) -> None:
    done = agent(config, "enroll", "karte.example.jp", "AAAA")

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)


def healthy(gateway: FakeGateway) -> None:
    refused = json.dumps({"code": "invalid", "message": "the body holds no line"}).encode()
    gateway.answer = lambda request: Reply(200, b"ok") if request.path == "/healthz" else Reply(400, refused)


def test_it_finds_everything_in_place(config: Path, gateway: FakeGateway) -> None:
    enrolled(config, gateway.url)
    healthy(gateway)

    done = agent(config, "check")

    levels = dict(line.split("]")[::-1] for line in done.stdout.splitlines())
    subjects = {text.split(":")[0].strip(): level for text, level in levels.items()}
    assert done.exit_code == 0
    for subject in ("configuration", "enrolment", "spool", "network", "device token", "clock"):
        assert subjects[subject] in ("[ok", "[note"), done.stdout
    assert subjects["input cellar"] == "[note"


def found(config: Path, subject: str) -> Mapping[str, str]:
    done = agent(config, "check", "--format", "json")
    assert done.exit_code == 1
    by_subject: dict[str, dict[str, str]] = {each["subject"]: each for each in json.loads(done.stdout)}
    assert by_subject[subject]["level"] == "problem"
    return by_subject[subject]


def test_it_finds_a_network_that_does_not_reach(config: Path) -> None:
    port = free_port()
    enrolled(config, f"http://127.0.0.1:{port}")

    assert (
        f"Connection refused; check cable, DNS, proxy and firewall (TCP {port} to 127.0.0.1)"
        in found(config, "network")["text"]
    )


def test_it_finds_a_token_that_is_not_accepted(config: Path, gateway: FakeGateway) -> None:
    enrolled(config, gateway.url)
    refused = b'{"code":"unauthorized","message":"token was revoked"}'
    gateway.answer = lambda request: Reply(200, b"ok") if request.path == "/healthz" else Reply(401, refused)

    assert "HTTP 401: token was revoked" in found(config, "device token")["text"]


def test_it_finds_credentials_that_others_can_read(config: Path, gateway: FakeGateway) -> None:
    enrolled(config, gateway.url)
    healthy(gateway)
    (config.parent / "data" / "credentials.json").chmod(0o644)

    assert "run chmod 600" in found(config, "enrolment")["text"]


def test_it_finds_a_spool_that_cannot_be_written(config: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    config.write_text(f'[agent]\ndata_dir = "{tmp_path}/file"\n')

    assert "cannot be written" in found(config, "spool")["text"]


def test_it_shows_a_sample_with_all_inputs(config: Path) -> None:
    done = agent(config, "sample")

    assert "[inputs.room]\n# enabled = true\n" in done.stdout
