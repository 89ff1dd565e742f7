import json
from pathlib import Path

import pytest

from collectors import catalogue
from collectors.input import InputError, ToolMissing
from collectors.inputs.antivirus import INPUT, Antivirus, windows_reader
from collectors.inputs.antivirus.product import WINDOWS_POLICY, Findings
from collectors.point import to_lines

NOW_NS = 1_790_000_000_000_000_000


def fail(error: InputError) -> Findings:
    raise error


def test_it_turns_a_source_that_cannot_be_read_into_an_unknown_device() -> None:
    (point,) = Antivirus(lambda _: fail(ToolMissing("powershell is not installed")), WINDOWS_POLICY).gather()
    assert (point.fields["state"], point.fields["reason_code"]) == ("unknown", "unreadable")
    assert "powershell is not installed" in str(point.fields["reason_en"])
    assert not {"enabled", "products", "up_to_date"} & point.fields.keys()


def test_it_reads_windows_through_powershell(repository: Path) -> None:
    answer = (repository / "tests/data/antivirus/windows-server-defender/input.json").read_text("utf-8")
    device, product = Antivirus(
        windows_reader(WINDOWS_POLICY, lambda script, timeout_s: answer), WINDOWS_POLICY, lambda: NOW_NS
    ).gather()
    assert device.fields["state"] == "ok"
    assert product.tags == {"product": "Microsoft Defender Antivirus"}


def test_it_is_unknown_where_the_answer_is_cut_off() -> None:
    answer = json.dumps({"karte": "antivirus", "parts": {"os": {"items": []}}})[:-3]
    (point,) = Antivirus(windows_reader(WINDOWS_POLICY, lambda script, timeout_s: answer), WINDOWS_POLICY).gather()
    assert point.fields["state"] == "unknown"


def test_it_runs_on_this_machine() -> None:
    points = INPUT.create(INPUT.settings).gather()
    assert catalogue.problems(points) == []
    assert to_lines(points)


def test_it_refuses_a_state_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="nothing"):
        INPUT.create({**INPUT.settings, "when_none_found": "nothing"})
