"""The facts that the shared samples state must come out of the parsers; skipped where the samples are absent."""

import json
from pathlib import Path

import pytest

from collectors.input import InputError, Recording
from collectors.point import FieldValue, Point
from collectors.registry import input_named

NOW_NS = 1_795_000_000_000_000_000  # 2026-11-18

PRODUCTS: dict[str, list[dict[str, FieldValue | None]]] = {
    "windows/av-securitycenter2-defender-only.txt": [
        {"product": "Windows Defender", "enabled": True, "up_to_date": True, "product_state": 397568}
    ],
    "windows/av-securitycenter2-three-products.txt": [
        {"product": "Trend Micro Antivirus+", "enabled": True, "up_to_date": True},
        {"product": "Sophos Home", "enabled": True, "up_to_date": True},
        {"product": "Windows Defender", "enabled": False, "up_to_date": True},
    ],
    "windows/av-securitycenter2-sentinelone.txt": [
        {"product": "Sentinel Agent", "enabled": True, "up_to_date": True},
        {"product": "Windows Defender", "enabled": False, "up_to_date": True},
    ],
    "windows/av-mpcomputerstatus-ok.txt": [
        {
            "enabled": True,
            "realtime": True,
            "definitions_age_days": 0.0,
            "up_to_date": True,
            "tamper_protection": True,
            "full_scan_never": True,
            "full_scan_age_days": None,
        }
    ],
    "windows/av-mpcomputerstatus-signatures-1168-days.txt": [
        {"enabled": True, "realtime": True, "definitions_age_days": 1168.0, "up_to_date": False}
    ],
    "windows/av-mpcomputerstatus-not-running.txt": [
        {"enabled": False, "realtime": False, "definitions_age_days": None, "full_scan_never": None}
    ],
    "windows/av-defender-state-29-days.json": [{"enabled": True, "definitions_age_days": 29.0, "state": "bad"}],
    "linux/av-bitdefender-bduitool.txt": [
        {
            "product": "Bitdefender",
            "enabled": True,
            "up_to_date": True,
            "version": "7.0.3.2239",
            "definitions_version": "7.95171",
            "definitions_date": "2023-08-24",
        }
    ],
    "linux/av-mdatp-health.json": [
        {
            "product": "Microsoft Defender",
            "enabled": False,
            "up_to_date": True,
            "version": "101.23062.0010",
            "definitions_version": "1.395.30.0",
            "definitions_date": "2023-08-09",
            "licence_end_date": "2024-04-10",
        }
    ],
}
DEVICES: dict[str, str] = {
    "windows/av-securitycenter2-defender-only.txt": "ok",
    "windows/av-securitycenter2-three-products.txt": "ok",
    "windows/av-securitycenter2-sentinelone.txt": "ok",
    "windows/av-mpcomputerstatus-ok.txt": "ok",
    "windows/av-mpcomputerstatus-signatures-1168-days.txt": "bad",
    "windows/av-mpcomputerstatus-not-running.txt": "bad",
    "windows/av-defender-state-29-days.json": "bad",
}
PROFILES: dict[str, dict[str, dict[str, FieldValue]]] = {
    "windows/firewall-win10-domain.reg": {"domain": {"enabled": True}},
    "windows/firewall-win10-private-standard.reg": {"private": {"enabled": True}},
    "windows/firewall-win10-public.reg": {"public": {"enabled": True}},
    "windows/firewall-get-netfirewallprofile-all-off.txt": {
        name: {"enabled": False, "default_inbound": "block"} for name in ("domain", "private", "public")
    },
    "windows/firewall-netsh-currentprofile-on.txt": {
        "public": {"enabled": True, "default_inbound": "block", "default_outbound": "allow"}
    },
    "linux/firewall-ufw-on.txt": {"system": {"enabled": True}},
    "linux/firewall-ufw-off.txt": {"system": {"enabled": False}},
    "linux/firewall-firewalld-on.txt": {"system": {"enabled": True}},
    "linux/firewall-ufw-verbose-mixed.txt": {"system": {"enabled": True, "default_inbound": "block", "rules": 15}},
    "linux/firewall-nft-table.json": {"system": {"enabled": False, "state": "bad"}},
}
PATCHES: dict[str, dict[str, FieldValue]] = {
    "windows/patches-get-hotfix-us-dates.txt": {
        "hotfixes": 20,
        "security_hotfixes": 7,
        "newest_hotfix_date": "2019-09-11",
        "newest_hotfix_ids": "KB4512574 KB4516044",
    },
    "windows/patches-get-hotfix-spanish-dates.txt": {
        "hotfixes": 9,
        "security_hotfixes": 7,
        "newest_hotfix_date": "2020-02-10",
        "newest_hotfix_ids": "KB4534132",
    },
    "windows/patches-xp-win32_quickfixengineering.wmi": {
        "hotfix_ids": "KB2079403 KB2115168 KB2121546 KB2141007 KB2229593 KB980195 KB980232 KB980436 KB981322 KB981349 "
        "KB981852 KB981997 KB982132 KB982214 KB982665"
    },
    "windows/systeminfo-win10.txt": {
        "hotfixes": 6,
        "hotfix_ids": "KB4578968 KB4562830 KB4570334 KB4580325 KB4586864 KB4594440",
        "os_build": "19042",
        "booted_at": "2021-03-19T09:25:03",
    },
    "windows/systeminfo-2012r2.txt": {
        "hotfixes": 5,
        "hotfix_ids": "KB2919355 KB2975061 KB2999226 KB3151864 KB4054566",
        "os_build": "9600",
        "booted_at": "2021-03-28T14:34:44",
    },
    "linux/updates-apt-get-sqq.txt": {
        "pending_security": 1,
        "pending_other": 1,
        "pending_names": "dpkg 1.19.7 -> 1.19.8 [security]; base-files 10.3+deb10u4 -> 10.3+deb10u13",
    },
    "linux/reboot-needrestart.txt": {
        "reboot_required": False,
        "services_to_restart": 2,
        "containers_to_restart": 1,
        "sessions_to_restart": 2,
        "kernel_running": "3.19.3-tl1+",
        "kernel_expected": "3.19.3-tl1+",
    },
}


@pytest.fixture(scope="module")
def samples(repository: Path) -> Path:
    folder = repository.parent / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the shared samples are not on this machine")
    return folder


def parsed(name: str, path: Path) -> list[Point]:
    parse = input_named(name).parse
    assert parse is not None
    return parse(Recording(path.read_bytes(), path.name, NOW_NS))


def assert_fields(point: Point, expected: dict[str, FieldValue | None]) -> None:
    values = {**point.tags, **point.fields}
    assert {name: values.get(name) for name in expected} == expected


@pytest.mark.parametrize("name", PRODUCTS)
def test_it_states_the_antivirus_facts(samples: Path, name: str) -> None:
    device, *products = parsed("antivirus", samples / name)
    assert len(products) == len(PRODUCTS[name])
    for point, expected in zip(products, PRODUCTS[name], strict=True):
        assert_fields(point, expected)
    assert device.fields["state"] == DEVICES.get(name, "bad")


def test_it_decodes_every_product_state_seen_in_the_field(samples: Path) -> None:
    path = samples / "windows/av-productstate-values.json"
    points = {point.fields.get("product_state"): point for point in parsed("antivirus", path)[1:]}
    for row in json.loads(path.read_text("utf-8")):
        assert_fields(
            points[row["productState"]],
            {"enabled": row["enabled"], "up_to_date": row["up_to_date"], "mode": row["state"]},
        )


def test_it_does_not_crash_on_an_unexpected_answer(samples: Path) -> None:
    with pytest.raises(InputError):
        parsed("antivirus", samples / "linux/av-mdatp-unexpected.json")


@pytest.mark.parametrize("name", PROFILES)
def test_it_states_the_firewall_facts(samples: Path, name: str) -> None:
    _, *layers = parsed("firewall", samples / name)
    assert {point.tags["profile"] for point in layers} == set(PROFILES[name])
    for point in layers:
        assert_fields(point, {**PROFILES[name][point.tags["profile"]]})


@pytest.mark.parametrize("name", PATCHES)
def test_it_states_the_patch_facts(samples: Path, name: str) -> None:
    (point,) = parsed("patches", samples / name)
    assert_fields(point, {**PATCHES[name]})
