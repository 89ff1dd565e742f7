import pytest

from collectors.command import Output
from collectors.input import ToolMissing
from collectors.inputs.services import Services, linux_reader, windows_reader
from collectors.inputs.services.points import to_points
from collectors.inputs.services.service import Down, Findings
from collectors.inputs.services.windows import excused, is_excused

FAILED = b"nginx.service loaded failed failed A high performance web server\n"


def _run(output: Output) -> Services:
    def run(program: str, arguments: object, timeout_s: float) -> Output:
        assert program == "systemctl"
        return output

    return Services(linux_reader(run))


def test_it_names_what_failed() -> None:
    device, service = _run(Output(FAILED, b"", 0)).gather()
    assert (device.fields["state"], device.fields["down"], service.tags["service"]) == ("bad", 1, "nginx")


def test_it_is_in_order_where_nothing_failed() -> None:
    (device,) = _run(Output(b"", b"", 0)).gather()
    assert (device.fields["state"], device.fields["down"]) == ("ok", 0)


def test_it_is_unknown_without_systemd() -> None:
    (device,) = _run(Output(b"", b"System has not been booted with systemd as init system\n", 1)).gather()
    assert device.fields["state"] == "unknown"
    assert "down" not in device.fields
    assert "systemd" in str(device.fields["reason_en"])


def test_it_is_unknown_where_a_tool_is_missing() -> None:
    def run(program: str, arguments: object, timeout_s: float) -> Output:
        raise ToolMissing("systemctl is not installed")

    assert Services(linux_reader(run)).gather()[0].fields["state"] == "unknown"


def test_it_bounds_what_it_sends() -> None:
    points = to_points(Findings(tuple(Down(f"s{at}", failed=True) for at in range(500))))
    assert len(points) == 51
    assert points[0].fields["down"] == 500
    assert len(str(points[0].fields["reason"])) < 120


def test_it_asks_windows_for_automatic_services_only() -> None:
    asked: list[str] = []

    def ask(script: str, timeout_s: float) -> str:
        asked.append(script)
        return '{"karte":"services","parts":{"services":{"items":[{"Name":"A","State":"Stopped","StartMode":"Auto"}]}}}'

    assert Services(windows_reader(ask)).gather()[0].fields["down"] == 1
    assert "StartMode = 'Auto'" in asked[0]


@pytest.mark.parametrize(("name", "may"), [("GUPDATE", True), ("OneSyncSvc_1a2b3", True), ("Spooler", False)])
def test_it_knows_which_services_may_be_stopped(name: str, may: bool) -> None:
    assert is_excused(name) is may


def test_it_gives_a_reason_for_every_excuse() -> None:
    assert all(each.why for each in excused())
    names = [each.name.lower() for each in excused()]
    assert len(names) == len(set(names))
