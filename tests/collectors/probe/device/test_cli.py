import json
import re

import pytest
from click.testing import CliRunner, Result

from collectors.probe.cli import probe
from tests.collectors.probe.conftest import Snmpsim

WALKS = ["router_rtx1220", "switch_swx2310p", "nas_ds923", "ups_on_battery", "pbx_ht814", "mfp_color"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(probe, ["device", *arguments])


@pytest.mark.parametrize("walk", WALKS)
def test_it_prints_json_with_all_its_parts(snmpsim: Snmpsim, walk: str) -> None:
    result = run(f"127.0.0.1:{snmpsim.port}", "--community", walk, "--json")
    assert result.exit_code == 0
    document = json.loads(result.output)
    assert set(document) >= {"system", "state", "interfaces", "storage", "disks", "raids", "sensors", "ups", "pbx"}
    assert document["partial"] == []


def test_it_names_a_printer_and_the_command_that_tells_more(snmpsim: Snmpsim) -> None:
    document = json.loads(run(f"127.0.0.1:{snmpsim.port}", "--community", "mfp_color", "--json").output)
    system = document["system"]
    assert (system["kind"], system["maker"], system["model"], system["serial"]) == (
        "printer",
        "Ricoh",
        "IM C2500",
        "3089X900123",
    )
    assert document["see"] == f"karte probe printer 127.0.0.1:{snmpsim.port}"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ja", ["無停電電源装置（UPS）", "OMRON BN150T", "bad: バッテリーの残量がわずかです"]),
        ("en", ["UPS", "OMRON BN150T", "bad: the battery is nearly empty"]),
    ],
)
def test_it_prints_a_table_for_people(snmpsim: Snmpsim, lang: str, words: list[str]) -> None:
    result = run(f"127.0.0.1:{snmpsim.port}", "--community", "ups_on_battery", "--lang", lang)
    assert result.exit_code == 0
    assert all(word in result.output for word in words)
    assert re.search(r"eth0 +up +100 Mbit/s", result.output)


def test_it_says_in_one_line_that_nothing_answers() -> None:
    result = run("127.0.0.1:9", "--timeout", "0.1", "--retries", "0", "--lang", "en")
    assert result.exit_code == 1
    assert result.output.startswith("Error: 127.0.0.1:9 ")
    assert result.output.count("\n") == 1


def test_it_refuses_an_address_that_is_none() -> None:
    assert run("a b").exit_code == 2
