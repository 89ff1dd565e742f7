import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.agent import sample as sample_module
from collectors.agent.config import load, parse
from collectors.agent.config_file import ConfigError
from collectors.agent.jobs import jobs_of
from collectors.agent.paths import config_path
from collectors.agent.setting import settings_of
from collectors.agent.settings import SECTIONS, ProbeCheck, ProbeDevice, ProbeSettings
from collectors.agent.toml_lines import line_of
from collectors.input import Gatherer, Input
from collectors.probe.reachability.check import make_check
from collectors.probe.target import PrivProtocol, SnmpVersion
from collectors.text import Text


def _create(_settings: Mapping[str, Any]) -> Gatherer:
    raise NotImplementedError


INPUTS = (
    Input("mem", Text("メモリー", "memory"), (), _create),
    Input(
        "smart",
        Text("ドライブ", "drives"),
        (),
        _create,
        settings={"smartctl": "smartctl", "attributes": True, "devices": [], "wait_s": 1.5, "tries": 2},
        interval_s=3600.0,
    ),
)


def complaint(text: str) -> Text:
    with pytest.raises(ConfigError) as caught:
        parse(text, Path("agent.toml"), INPUTS)
    assert "\n" not in caught.value.text.ja + caught.value.text.en
    return caught.value.text


def test_it_has_a_default_for_everything() -> None:
    config = parse("", None, INPUTS)

    assert config.spool.max_age_s == 7 * 86400
    assert config.spool.max_bytes == 256 * 1024**2
    assert config.gateway.batch == 5000
    assert config.inputs["mem"].enabled
    assert (config.inputs["smart"].interval_s, config.inputs["smart"].own["smartctl"]) == (3600.0, "smartctl")
    assert config.probe.devices == ()
    assert config.spool_dir == config.data_dir / "spool"


def test_it_reads_durations_sizes_and_an_inputs_own_settings() -> None:
    config = parse(
        """
        [agent]
        data_dir = "/srv/karte"
        [spool]
        max_age = "2h"
        max_bytes = "1GiB"
        fsync_interval = 0.5
        [inputs.mem]
        enabled = false
        [inputs.smart]
        interval = "90s"
        timeout = 5
        attributes = false
        devices = ["/dev/sda"]
        wait_s = 2
        """,
        None,
        INPUTS,
    )

    assert (config.spool.max_age_s, config.spool.max_bytes, config.spool.fsync_interval_s) == (7200.0, 1024**3, 0.5)
    assert not config.inputs["mem"].enabled
    smart = config.inputs["smart"]
    assert (smart.interval_s, smart.timeout_s) == (90.0, 5.0)
    own = {"smartctl": "smartctl", "attributes": False, "devices": ("/dev/sda",), "wait_s": 2.0, "tries": 2}
    assert smart.own == own
    assert config.spool_dir == Path("/srv/karte/spool")


def test_it_reads_devices_of_all_snmp_versions(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("office-ro\n")
    config = parse(
        f"""
        [probe]
        interval_s = "2m"
        [[probe.device]]
        host = "192.168.1.20"
        name = "複合機1F"
        community_file = '{tmp_path / "secret"}'
        timeout_s = "500ms"
        [[probe.device]]
        host = "192.168.1.21"
        version = "3"
        user = "karte"
        auth_protocol = "SHA256"
        auth_key = "0123456789"
        priv_key = "abcdefghij"
        priv_protocol = "AES256"
        retries = 0
        """,
        None,
        INPUTS,
    )

    first, second = config.probe.devices
    assert config.probe.interval_s == 120.0
    assert (first.community, first.name, first.timeout_s, first.version) == (
        "office-ro",
        "複合機1F",
        0.5,
        SnmpVersion.V2C,
    )
    assert second.v3 is not None
    assert (second.v3.user, second.v3.auth_key, second.v3.priv_protocol) == ("karte", "0123456789", PrivProtocol.AES256)
    assert second.retries == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[agent]\n\nhots = 'pc1'", "agent.toml:3: there is no setting 'agent.hots'; did you mean 'host'?"),
        ("[spol]\n", "agent.toml:1: there is no setting 'spol'; did you mean 'spool'?"),
        ("[inputs.memory]\n", "agent.toml:1: there is no setting 'inputs.memory'; did you mean 'mem'?"),
        (
            "inputs.smart.smartclt = 'x'",
            "agent.toml:1: there is no setting 'inputs.smart.smartclt'; did you mean 'smartctl'?",
        ),
        (
            "[[probe.device]]\nhost = 'a'\n[[probe.device]]\nhost='b'\ncomunity='x'",
            "agent.toml:5: there is no setting 'probe.device.comunity'; did you mean 'community'?",
        ),
        ("xyzzy = 1", "agent.toml:1: there is no setting 'xyzzy'; there are agent, spool, gateway, inputs, probe"),
        ("[agent]\nhost = 1", "agent.toml:2: agent.host is 1; it must be text in quotes"),
        ("[gateway]\nbatch = 5001", "agent.toml:2: gateway.batch is 5001; it must be a whole number from 1 to 5000"),
        ("[gateway]\nbatch = true", "agent.toml:2: gateway.batch is true; it must be a whole number from 1 to 5000"),
        ("[inputs.mem]\nenabled = 'yes'", 'agent.toml:2: inputs.mem.enabled is "yes"; it must be true or false'),
        ("[inputs.smart]\ntries = 1.5", "agent.toml:2: inputs.smart.tries is 1.5; it must be a whole number"),
        (
            "[inputs.smart]\ndevices = '/dev/sda'",
            'agent.toml:2: inputs.smart.devices is "/dev/sda"; it must be a list of texts such as ["a", "b"]',
        ),
        ("spool = 3", "agent.toml:1: spool must be a table, as in [spool]"),
        ("[probe]\ndevice = 3", "agent.toml:2: probe.device must be tables, as in [[probe.device]]"),
        ("[agent]\nhost = \n", "agent.toml:2: not TOML: Invalid value"),
        ("[[probe.device]]\nname = 'x'", "agent.toml:1: this device's settings cannot be used: a target needs a host"),
        (
            "[[probe.device]]\nhost = 'a b'",
            "agent.toml:1: this device's settings cannot be used: 'a b' is no address and no host name",
        ),
        (
            "[[probe.device]]\nhost = 'x'\nversion = '4'",
            'agent.toml:3: probe.device.version is "4"; it must be one of "1", "2c", "3"',
        ),
        (
            "[[probe.device]]\nhost = 'x'\ncommunity = 7",
            "agent.toml:3: probe.device.community is ***; it must be text in quotes",
        ),
        (
            "[[probe.device]]\nhost = 'x'\ncommunity_file = '/no/such'",
            "agent.toml:3: community_file names /no/such, which cannot be read: No such file or directory",
        ),
    ],
)
def test_it_says_where_and_what_is_wrong(text: str, expected: str) -> None:
    assert complaint(text).en == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[probe]\nsubnets = ['10.0.0.0/24', '8.8.8.0/24']",
            "agent.toml:2: 8.8.8.0/24 is refused: only the site's own networks are scanned",
        ),
        ("[probe]\ncommunities = 's3cret'", "agent.toml:2: probe.communities is ***; it must be a list of texts"),
        ("[[probe.check]]\ntype = 'tcp'\ntarget='a'", "agent.toml:1: this check's settings cannot be used: 'a' is not"),
        ("[[probe.check]]\ntype = 'icmp'\nname='a'", "agent.toml:1: this check's settings cannot be used: target ''"),
        (
            "[[probe.check]]\ntarget='a'\nserver='b'",
            "agent.toml:1: this check's settings cannot be used: server is for",
        ),
    ],
)
def test_it_says_what_cannot_be_looked_for_or_checked(text: str, expected: str) -> None:
    assert complaint(text).en.startswith(expected)


def test_it_reads_where_to_look_and_what_to_check(tmp_path: Path) -> None:
    secret = tmp_path / "communities"
    secret.write_text("office\n\nbackup\n")
    config = parse(
        f"""
        [probe]
        subnets = ["192.168.10.0/24", "fd00:1::/120"]
        communities_file = {json.dumps(str(secret))}
        scan_interval = "2h"
        [[probe.check]]
        name = "internet"
        type = "http"
        target = "https://www.example.jp/"
        [[probe.check]]
        type = "dns"
        target = "www.example.jp"
        server = "192.168.10.1"
        """,
        None,
        INPUTS,
    )
    assert config.probe.communities == ("office", "backup")
    assert list(map(str, config.probe.fence.networks)) == ["192.168.10.0/24", "fd00:1::/120"]
    assert [(each.name, each.host, each.port) for each in config.probe.checks] == [
        ("internet", "www.example.jp", 443),
        ("www.example.jp", "www.example.jp", 53),
    ]
    found = {each.name: each.interval_s for each in jobs_of(config, ())}
    assert found == {"discovery": 7200.0, "reachability": 60.0}
    assert jobs_of(parse("", None, INPUTS), ()) == []


@pytest.mark.parametrize("value", ['"7 weeks"', '"-1s"', "-1", "0", "nan", "inf", "true", '"1e3s"', "[]", '"10000d"'])
def test_it_refuses_durations_that_make_no_sense(value: str) -> None:
    assert complaint(f"[spool]\nmax_age = {value}").en.startswith("agent.toml:2: spool.max_age is ")


@pytest.mark.parametrize("url", ["karte.example.jp", "ftp://x", "http://", "http://x:port", "https://x/?a=b", 5])
def test_it_refuses_what_is_no_url(url: object) -> None:
    assert "it must be a URL" in complaint(f"[gateway]\nurl = {json.dumps(url)}").en


def test_it_says_that_a_file_that_was_named_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "agent.toml", INPUTS)


def test_it_reads_what_windows_editors_save_and_says_what_it_cannot_read(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_bytes(b'\xef\xbb\xbf[agent]\r\nhost = "\xe7\xb5\x8c\xe7\x90\x86"\r\n')
    assert load(path, INPUTS).agent.host == "経理"
    path.write_bytes('[agent]\nhost = "経理"\n'.encode("cp932"))
    with pytest.raises(ConfigError, match="is not UTF-8; save it as UTF-8"):
        load(path, INPUTS)


def test_it_takes_the_defaults_where_the_usual_file_is_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("collectors.agent.paths.config_path", lambda: tmp_path / "agent.toml")

    assert load(None, INPUTS).path is None


def test_it_names_a_usual_place_for_the_file() -> None:
    assert config_path().name == "agent.toml"


SAMPLE = Path(sample_module.__file__).parent / "agent.sample.toml"


def uncommented(text: str) -> str:
    return re.sub(r"(?m)^# ", "", text)


def test_its_sample_is_what_the_declarations_say() -> None:
    assert SAMPLE.read_text(encoding="utf-8") == sample_module.sample()


def test_its_sample_changes_nothing_as_it_stands() -> None:
    assert parse(SAMPLE.read_text(encoding="utf-8"), None, INPUTS) == parse("", None, INPUTS)


def test_the_commented_values_of_its_sample_are_the_defaults() -> None:
    text = uncommented(sample_module.full_sample(INPUTS)).replace('host = ""\n## 機器の', 'host = "x"\n## 機器の')
    text = text.replace('## アドレスまたは名前（必須）\n## address or name (required)\nhost = ""', 'host = "x"')
    text = text.replace('\ntarget = ""', '\ntarget = "router"')
    given, default = parse(text, None, INPUTS), parse("", None, INPUTS)

    assert (given.agent, given.spool, given.gateway) == (default.agent, default.spool, default.gateway)
    assert {name: each.interval_s for name, each in given.inputs.items()} == {"mem": 60.0, "smart": 3600.0}
    assert {k: list(v) if isinstance(v, tuple) else v for k, v in given.inputs["smart"].own.items()} == dict(
        INPUTS[1].settings
    )
    assert given.probe.interval_s == default.probe.interval_s
    assert given.probe.devices[0].host == "x"
    assert given.probe.checks == (make_check("router", "icmp", "router", "", 3, 3.0),)
    assert replace(given.probe, devices=(), checks=()) == default.probe


def test_its_sample_shows_and_explains_every_setting_in_both_languages() -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    for section in (*SECTIONS.values(), ProbeSettings, ProbeDevice, ProbeCheck):
        for each in settings_of(section).values():
            assert f"## {each.text.ja}\n## {each.text.en}\n# {each.key} = {each.kind.show(each.default)}\n" in text


def test_its_sample_with_all_inputs_is_toml() -> None:
    assert set(tomllib.loads(sample_module.full_sample(INPUTS))["inputs"]) == {"mem", "smart"}


KEYS = st.text(alphabet="abcdefgh", min_size=1, max_size=5)
VALUES = st.sampled_from(["1", '"x"', "[1,\n 2,\n 3]", '"""\na = 1\n[b]\n"""', "{ a = 1, b = 2 }"])


@given(st.lists(st.tuples(KEYS, VALUES, st.integers(0, 2)), min_size=1, max_size=8, unique_by=lambda each: each[0]))
def test_it_finds_the_line_on_which_each_key_begins(entries: list[tuple[str, str, int]]) -> None:
    text, expected = "", {}
    for key, value, blank in entries:
        text += "# comment = 1\n" * blank
        expected[key] = text.count("\n") + 1
        text += f"{key} = {value}\n"

    assert {key: line_of(text, (key,)) for key in expected} == expected
