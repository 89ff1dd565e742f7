import string
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from collectors import catalogue
from collectors.command import Output
from collectors.input import InputError
from collectors.inputs.service_health import ServiceHealth, windows_reader
from collectors.inputs.service_health.finding import Evidence, Service, contact_time
from collectors.inputs.service_health.product import known_products, read_products, with_own
from collectors.inputs.service_health.unix import Unix, read_packages, read_unit_files
from collectors.inputs.service_health.windows import script
from collectors.point import FieldValue, Point

NOW_S = 1_790_000_000
EMPTY = (
    '{"karte":"service_health","parts":{"services":{"items":[]},"programs":{"items":[]},'
    '"processes":{"items":[]},"paths":{"items":[]}}}'
)
ENTRY = """
- id: office_watch
  name: {ja: 見張り, en: Office Watch}
  category: log
  services: {windows: [OfficeWatch], linux: [office-watch]}
  sources: [its own manual]
"""


def _fields(points: list[Point], product: str) -> dict[str, FieldValue]:
    assert catalogue.problems(points) == []
    return next(dict(point.fields) for point in points if point.tags.get("product") == product)


def _health(seen: Evidence, *expected: str) -> list[Point]:
    return ServiceHealth(known_products(), lambda: seen, expected, clock=lambda: NOW_S).gather()


def _linux(*services: tuple[str, bool | None]) -> Evidence:
    return Evidence("linux", tuple(Service(name, "", running) for name, running in services))


@pytest.mark.parametrize(
    ("running", "expected", "state", "code"),
    [
        (True, True, "ok", "running"),
        (True, False, "ok", "running"),
        (False, True, "bad", "stopped"),
        (False, False, "ok", "stopped_allowed"),
        (None, True, "unknown", "running_unknown"),
        (None, False, "ok", "installed"),
    ],
)
def test_it_judges_what_is_expected_and_tells_the_rest(
    running: bool | None, expected: bool, state: str, code: str
) -> None:
    points = _health(_linux(("wazuh-agent", running)), *(["wazuh"] if expected else []))
    fields = _fields(points, "wazuh")
    assert (fields["state"], fields["reason_code"], fields["expected"]) == (state, code, expected)
    assert points[0].fields["state"] == (state if expected else "ok")


def test_it_is_bad_where_an_expected_product_is_missing() -> None:
    points = _health(_linux(), "fluentd")
    assert _fields(points, "fluentd")["reason_code"] == "missing"
    assert (points[0].fields["state"], points[0].fields["expected_bad"]) == ("bad", 1)


@pytest.mark.parametrize("product", ["skysea", "jamf", "no_such_thing"])
def test_it_is_unknown_where_not_seeing_proves_nothing(product: str) -> None:
    points = _health(Evidence("windows"), product)
    assert _fields(points, product)["state"] == "unknown"
    assert points[0].fields["state"] == "unknown"


def test_it_is_unknown_where_nothing_can_be_read() -> None:
    def read() -> Evidence:
        raise InputError("systemctl failed: no bus")

    points = ServiceHealth(known_products(), read, ["fluentd"]).gather()
    assert _fields(points, "fluentd")["state"] == "unknown"
    assert points[0].fields["state"] == "unknown"
    (status,) = ServiceHealth(known_products(), read).gather()
    assert "no bus" in str(status.fields["reason_en"])
    assert "products" not in status.fields


def test_it_asks_of_an_enrolment_only_that_it_is_there() -> None:
    enrolment = next(each for each in known_products() if each.id == "windows_mdm")
    seen = Evidence("windows", contacts={enrolment.last_contact[0]: ("20260921T120000Z",)})
    fields = _fields(_health(seen, "windows_mdm"), "windows_mdm")
    assert (fields["state"], fields["last_contact_age"]) == ("ok", 8000)


def test_it_keeps_the_script_within_a_windows_command_line() -> None:
    # CreateProcess takes 32,767 characters; the script goes there as base64 of UTF-16.
    assert len(script(known_products())) * 2 * 4 / 3 < 30_000


def test_it_reads_a_linux_machine(tmp_path: Path) -> None:
    (tmp_path / "var/ossec/var/run").mkdir(parents=True)
    (tmp_path / "var/ossec/var/run/wazuh-agentd.state").write_text(
        "status='connected'\nlast_ack='2026-09-21 09:00:00'\n"
    )
    answers = {
        ("systemctl", "list-units"): "wazuh-agent.service loaded active running Wazuh\n",
        (
            "systemctl",
            "list-unit-files",
        ): "wazuh-agent.service enabled enabled\nzabbix-agent2.service disabled enabled\n",
        ("dpkg-query", "-W"): "wazuh-agent\t4.9.0-1\tinstall ok installed\nnxlog\t5\tdeinstall ok config-files\n",
    }

    def run(program: str, arguments: object, timeout_s: float) -> Output:
        assert isinstance(arguments, tuple)
        return Output(answers[program, arguments[0]].encode(), b"", 0)

    unix = Unix("linux", known_products(), run, lambda name: name != "rpm", frozenset, tmp_path)
    points = ServiceHealth(known_products(), unix.read, clock=lambda: NOW_S).gather()
    wazuh = _fields(points, "wazuh")
    assert (wazuh["running"], wazuh["version"]) == (True, "4.9.0-1")
    assert isinstance(wazuh["last_contact"], int)
    assert _fields(points, "zabbix_agent")["running"] is False
    assert [point.tags.get("product") for point in points[1:]] == ["wazuh", "zabbix_agent"]


def test_it_sees_processes_where_there_are_no_services() -> None:
    unix = Unix("macos", known_products(), processes=lambda: frozenset({"JamfDaemon"}))
    points = ServiceHealth(known_products(), unix.read, ["jamf"], "macos").gather()
    assert _fields(points, "jamf")["reason_code"] == "running"


def test_it_asks_windows_only_for_what_is_known() -> None:
    asked: list[str] = []

    def ask(script: str, timeout_s: float) -> str:
        asked.append(script)
        return EMPTY

    points = ServiceHealth(known_products(), windows_reader(known_products(), ask), ["intune"], "windows").gather()
    assert _fields(points, "intune")["reason_code"] == "missing"
    assert '"IntuneManagementExtension"' in asked[0]
    assert all(character in string.printable for character in asked[0])


@pytest.mark.parametrize(
    ("text", "at"), [("20260921T120000Z", 1_789_992_000), ("20261321T120000Z", None), ("soon", None), ("", None)]
)
def test_it_reads_the_last_contact(text: str, at: int | None) -> None:
    (contact,) = next(each for each in known_products() if each.id == "windows_mdm").last_contact
    assert contact_time(contact, text) == at


def test_it_reads_local_times_in_the_machines_zone() -> None:
    (contact,) = next(each for each in known_products() if each.id == "wazuh").last_contact
    tokyo = timezone(timedelta(hours=9))
    assert contact_time(contact, "last_ack='2026-09-21 21:00:00'", tokyo) == 1_789_992_000


def test_it_takes_products_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(ENTRY, "utf-8")
    products = with_own(str(tmp_path / "own.yaml"))
    seen = _linux(("office-watch", True))
    points = ServiceHealth(products, lambda: seen, ["office_watch"]).gather()
    assert _fields(points, "office_watch")["name"] == "見張り"
    assert len(products) == len(known_products()) + 1


@pytest.mark.parametrize(
    "text",
    [
        "- {id: x}",
        "not a list",
        "- [",
        ENTRY + "  colour: red\n",
        ENTRY + ENTRY,
        ENTRY.replace("office_watch", "Office Watch"),
        ENTRY.replace("[its own manual]", "[]"),
        ENTRY + "  last_contact: [{registry: A, value: b, pattern: '(?P<year>x)'}]\n",
        ENTRY + "  last_contact: [{registry: A, value: b, pattern: '('}]\n",
    ],
)
def test_it_refuses_an_entry_that_is_not_right(text: str) -> None:
    with pytest.raises(InputError, match=r"\A[^\n]*is not right[^\n]*\Z"):
        read_products(text, "own.yaml")


def test_it_says_which_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="could not be read"):
        with_own(str(tmp_path / "none.yaml"))


def test_it_names_a_source_for_every_product() -> None:
    products = known_products()
    assert all(each.sources and each.name.ja and each.name.en for each in products)
    assert any(
        each.category == category for category in ("mdm", "log", "remote_management", "backup") for each in products
    )
    # What can be seen by its name for people alone does not prove that it is missing.
    by_name_only = [each.id for each in products if each.service_display and not each.services.windows and each.certain]
    assert by_name_only == []


def test_it_leaves_out_what_was_removed() -> None:
    assert read_packages("nxlog\t5.1\tdeinstall ok config-files\npackage x is not installed\n") == {}
    assert read_unit_files("a.service masked enabled\nb@.service static -\nc.service enabled enabled\n") == {"c": False}
