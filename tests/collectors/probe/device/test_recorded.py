"""Walks of real devices against another product's opinion of them; where we differ, the reason is in the table.

Skipped where the walks are not beside the checkout.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from collectors.catalogue import problems
from collectors.probe.client import Client
from collectors.probe.device.document import to_document
from collectors.probe.device.points import to_points
from collectors.probe.device.watch import read_device
from tests.collectors.probe.conftest import Snmpsim

KINDS: Final = {
    "printer": (
        "brother canonprinter_lbp dell-laser_s5830dn fujifilmprinter_c810 jetdirect_m252dw konica_2 konica_c250i"
        " ricoh_mpc3002 samsungprinter_m4080fx sharp"
    ),
    "nas": "dsm_ds214se-dsm6 truenas_11-3 exagridos quantastor",
    "router": ("fortigate_fwf60d routeros_rb760igs draytek iosxe_isr4321 teldat screenos zywall_usg40w vrp_ar169sfp"),
    "switch": "allied_websmart alaxala_ax2430s ciscosb_sg350-10 netgear tplink_sg2008 edgeswitch_8xp",
    "pbx": "allworx_voip audiocodes_mp118 grandstream-ht_ht802 ascom zenitel-alphacom linux_opensips ucos_cuc",
    "ups": (
        "apc_smt750x-nmc2 apc_sua750i eaton-mgeups_9px cyberpower_pr2200rt2uc deltaups dell-ups_rack3750w"
        " generex-ups_cs141"
    ),
}
WALKS: Final = {walk: kind for kind, walks in KINDS.items() for walk in walks.split()}

PRIVATE: Final = "the recorder took it out"
PLACEHOLDER: Final = "it stands for no serial number"
CARD: Final = "we tell the firmware of the UPS, the other product that of its network card"
ALL_PORTS: Final = "the other product hides interfaces by type, name or state; we list what the device has"
ZERO_PROBE: Final = "0 °C is what agents answer without a probe; UPS-MIB has no value for it"
GREATEST: Final = "of three lines we tell the one that is loaded most, and the sum of the power"
OF_THE_OUTPUT: Final = "we read current and power of the output, not of input, bypass and battery"
DATE: Final = "it is a date, which the other product takes for a time"
NO_MODULE: Final = "nothing is plugged in: zeros for an empty port are no values"

DIFFERENCES: Final[dict[tuple[str, str], str]] = {
    ("alaxala_ax2430s", "firmware"): "the other product takes the word before the version",
    ("allworx_voip", "serial"): PRIVATE,
    ("fortigate_fwf60d", "serial"): PRIVATE,
    ("apc_sua750i", "serial"): PLACEHOLDER,
    ("cyberpower_pr2200rt2uc", "serial"): PLACEHOLDER,
    ("screenos", "serial"): PLACEHOLDER,
    ("apc_smt750x-nmc2", "firmware"): CARD,
    ("apc_sua750i", "firmware"): CARD,
    ("apc_sua750i", "runtime Battery Recommended Days Remaining"): DATE,
    ("apc_sua750i", "runtime Last Battery Replacement"): DATE,
    ("audiocodes_mp118", "interfaces"): ALL_PORTS,
    ("ciscosb_sg350-10", "interfaces"): ALL_PORTS,
    ("cyberpower_pr2200rt2uc", "interfaces"): ALL_PORTS,
    ("draytek", "interfaces"): ALL_PORTS,
    ("iosxe_isr4321", "interfaces"): ALL_PORTS,
    ("audiocodes_mp118", "memory"): "a memory of 32 bytes, none of them in use, cannot be meant",
    ("truenas_11-3", "memory"): "cache is given up when memory is needed, so we do not count it as used",
    ("eaton-mgeups_9px", "current Battery"): OF_THE_OUTPUT,
    ("eaton-mgeups_9px", "current Bypass"): OF_THE_OUTPUT,
    ("eaton-mgeups_9px", "current Input"): OF_THE_OUTPUT,
    ("eaton-mgeups_9px", "power Bypass"): OF_THE_OUTPUT,
    ("eaton-mgeups_9px", "power Input"): OF_THE_OUTPUT,
    ("eaton-mgeups_9px", "runtime Estimated battery time remaining"): "the maker's MIB has seconds, RFC 1628 minutes",
    ("eaton-mgeups_9px", "temperature Battery"): ZERO_PROBE,
    ("generex-ups_cs141", "current Battery"): OF_THE_OUTPUT,
    ("generex-ups_cs141", "current Output Phase 1"): GREATEST,
    ("generex-ups_cs141", "current Output Phase 3"): GREATEST,
    ("generex-ups_cs141", "load Percentage load 1"): GREATEST,
    ("generex-ups_cs141", "load Percentage load 3"): GREATEST,
    ("generex-ups_cs141", "power Output Phase 1"): GREATEST,
    ("generex-ups_cs141", "power Output Phase 3"): GREATEST,
    ("iosxe_isr4321", "power PoE Budget Total - ID 1"): "a budget of 0 W is no PoE",
    ("linux_opensips", "model"): "that the processor is of x86 is no model",
    ("quantastor", "firmware"): "it stands in the list of installed packages, 800 rows that are not worth reading",
    ("quantastor", "serial"): "a part of the id that the software gave itself is no serial number",
    **{("routeros_rb760igs", f"{each} ether5 POE"): NO_MODULE for each in ("current", "power", "voltage")},
    **{("routeros_rb760igs", f"{each}"): NO_MODULE for each in ("current sfp1 Tx Bias", "dbm sfp1 Rx", "dbm sfp1 Tx")},
    ("routeros_rb760igs", "temperature sfp1"): NO_MODULE,
    ("routeros_rb760igs", "voltage sfp1"): NO_MODULE,
    ("teldat", "model"): "the other product shows a number of the maker's; the model stands in sysDescr",
    ("ucos_cuc", "model"): "the other product shows the name of the object id",
    ("vrp_ar169sfp", "firmware"): "the other product adds the patch",
    ("vrp_ar169sfp", "voltage SRU Board 0"): "3 mV is no supply of a board",
    ("zenitel-alphacom", "runtime RTP Stream Time"): "how long a stream has been running is no state of the device",
}
"""Walk and what is compared to the reason for which it differs."""


@pytest.fixture(scope="session")
def documents(recorded_snmpsim: Snmpsim) -> dict[str, dict[str, Any]]:
    """All devices' documents; read once."""

    async def read_all() -> dict[str, dict[str, Any]]:
        async with Client() as client:
            found = {}
            for walk in WALKS:
                device = await read_device(await client.session(recorded_snmpsim.target(walk)))
                assert problems(to_points(device, 0.0, {})) == []
                found[walk] = to_document(device)
            return found

    return asyncio.run(read_all())


@pytest.fixture(scope="session")
def opinions(repository: Path) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """The other product's values by walk and module, as its poller has them, else its discovery."""
    folder = repository.parent / "shared" / "snmpsim" / "expected"
    if not folder.is_dir():
        pytest.skip(f"no expected values in {folder}")
    return {walk: _modules(json.loads((folder / f"{walk}.json").read_text(encoding="utf-8"))) for walk in WALKS}


def _modules(data: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, module in data.items():
        source = module.get("poller") if isinstance(module.get("poller"), dict) else module.get("discovery")
        found[name] = (source or {}).get("devices" if name == "os" else name, [])
    return found


def check(walk: str, what: str, ours: object, theirs: object, agrees: bool) -> None:
    """Hold a difference against the table, both ways: a difference without a reason fails, and so does the reverse."""
    reason = DIFFERENCES.get((walk, what))
    if agrees:
        assert reason is None, f"{walk}: {what} agrees now; take the reason out of the table"
    else:
        assert reason, f"{walk}: {what}: ours {ours!r}, the other product's {theirs!r}"


def near(ours: float | None, theirs: float, within: float) -> bool:
    return ours is not None and abs(ours - theirs) <= within


@pytest.mark.parametrize("walk", WALKS)
def test_it_knows_the_kind(documents: dict[str, dict[str, Any]], walk: str) -> None:
    found = documents[walk]
    check(walk, "kind", found["system"]["kind"], WALKS[walk], found["system"]["kind"] == WALKS[walk])
    assert found["partial"] == []


@pytest.mark.parametrize("walk", [each for each in WALKS if WALKS[each] != "printer"])
@pytest.mark.parametrize(("ours", "theirs"), [("model", "hardware"), ("firmware", "version"), ("serial", "serial")])
def test_it_knows_the_device(
    documents: dict[str, dict[str, Any]],
    opinions: dict[str, dict[str, list[dict[str, Any]]]],
    walk: str,
    ours: str,
    theirs: str,
) -> None:
    told, opinion = documents[walk]["system"][ours], opinions[walk]["os"][0][theirs]
    agrees = _same_text(told, opinion)
    check(walk, ours, told, opinion, agrees)


def _same_text(ours: str | None, theirs: str | None) -> bool:
    """Either holds the other: one names the maker too, the other the revision."""
    if not theirs:
        return True
    plain, other = _plain(ours or ""), _plain(theirs)
    return bool(plain) and (plain in other or other in plain)


def _plain(text: str) -> str:
    return "".join(text.lower().replace("-", "").replace("_", "").split())


@pytest.mark.parametrize("walk", WALKS)
def test_it_counts_the_interfaces(
    documents: dict[str, dict[str, Any]], opinions: dict[str, dict[str, list[dict[str, Any]]]], walk: str
) -> None:
    ports = {each["index"]: each["oper_state"] for each in documents[walk]["interfaces"]}
    other = {each["ifIndex"]: each["ifOperStatus"] for each in opinions[walk].get("ports", [])}
    check(walk, "interfaces", sorted(ports), sorted(other), set(ports) == set(other))
    assert set(other) <= set(ports)
    assert {index: ports[index] for index, state in other.items() if state} == {k: v for k, v in other.items() if v}


@pytest.mark.parametrize("walk", [each for each in WALKS if WALKS[each] != "printer"])
def test_it_reads_processors_and_memory(
    documents: dict[str, dict[str, Any]], opinions: dict[str, dict[str, list[dict[str, Any]]]], walk: str
) -> None:
    loads = [each["processor_usage"] for each in opinions[walk].get("processors", [])]
    if loads:
        mean = sum(loads) / len(loads)
        check(walk, "cpu", documents[walk]["cpu_percent"], mean, near(documents[walk]["cpu_percent"], mean, 1))
    pools = opinions[walk].get("mempools", [])
    if pools:
        percent = pools[0]["mempool_perc"]
        told = documents[walk]["memory_percent"]
        check(walk, "memory", told, percent, near(told, percent, 1))


def volumes(opinions: dict[str, dict[str, list[dict[str, Any]]]]) -> Iterator[tuple[str, str, float]]:
    for walk, modules in opinions.items():
        for each in modules.get("storage", []):
            yield walk, each["storage_descr"], each["storage_perc"]


def test_it_reads_storage(
    documents: dict[str, dict[str, Any]], opinions: dict[str, dict[str, list[dict[str, Any]]]]
) -> None:
    for walk, name, percent in volumes(opinions):
        if WALKS[walk] == "printer":
            continue
        told = {each["name"]: each["used_percent"] for each in documents[walk]["storage"]}
        check(walk, f"storage {name}", told.get(name), percent, near(told.get(name), percent, 1))


UPS_FIELDS: Final = {
    "charge": ("battery_charge_percent",),
    "load": ("load_percent",),
    "runtime": ("runtime_s", "on_battery_s"),
    "temperature": ("temperature",),
    "voltage": ("input_voltage", "output_voltage", "battery_voltage"),
    "frequency": ("input_frequency", "output_frequency"),
    "current": ("output_current",),
    "power": ("output_power",),
    "humidity": (),
    "dbm": (),
    "fanspeed": (),
}
SENSOR_KINDS: Final = {"fanspeed": "fan", "dbm": "optical_power"}


def test_it_reads_ups_and_sensors(
    documents: dict[str, dict[str, Any]], opinions: dict[str, dict[str, list[dict[str, Any]]]]
) -> None:
    for walk, modules in opinions.items():
        if WALKS[walk] == "printer":
            continue
        for each in modules.get("sensors", []):
            kind, value = each["sensor_class"], float(each["sensor_current"])
            if kind not in UPS_FIELDS:
                continue
            ours = _values(documents[walk], kind)
            agrees = any(abs(told - value) <= max(0.06, abs(value) * 0.01) for told in ours)
            check(walk, f"{kind} {each['sensor_descr']}", ours, value, agrees)


def _values(document: dict[str, Any], kind: str) -> list[float]:
    from_ups = [document["ups"].get(name) for name in UPS_FIELDS[kind]]
    wanted = SENSOR_KINDS.get(kind, kind)
    from_sensors = [each["value"] for each in document["sensors"] if each["kind"] == wanted]
    from_disks = [each["temperature"] for each in document["disks"]] if kind == "temperature" else []
    # The other product counts runtimes in minutes.
    unit = 60.0 if kind == "runtime" else 1.0
    return [told / unit for told in (*from_ups, *from_sensors, *from_disks) if told is not None]
