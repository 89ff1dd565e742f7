import itertools
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.demo.mfp import MFPS, Mfp
from api.demo.office import Office
from api.demo.printers import printer_points
from api.local.child import stop_child
from api.local.ports import free_port
from api.local.snmpsim import start_snmpsim, write_documents
from collectors.point import FieldValue, Point
from collectors.probe.input import SnmpProbe
from collectors.probe.target import ProbeTarget

SECONDS = itertools.count(int(time.time()) + 3600)
Told = dict[tuple[tuple[str, str], ...], dict[str, FieldValue]]


@pytest.fixture(scope="module")
def port() -> int:
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Path]:
    """The directory that a real snmpsim serves."""
    directory = tmp_path_factory.mktemp("snmpsim")
    (directory / "data").mkdir()
    process = start_snmpsim(directory / "data", directory / "cache", [port], directory / "log")
    yield directory / "data"
    stop_child(process)


def serve(office: Office, directory: Path, moment_s: int) -> None:
    """Let the devices answer what holds at a moment, at once.

    snmpsim sees that a file has changed by its time in whole seconds, and builds its index anew where that is older
    than the file; so each version gets a second of its own, all of them ahead of any index.
    """
    write_documents(office, directory, moment_s)
    second = next(SECONDS)
    for path in directory.glob("*.snmprec"):
        os.utime(path, (second, second))


def told(points: list[Point]) -> Told:
    """What is said of the device itself, by series; the probe's own tags and timing aside."""
    return {
        (("measurement", point.measurement), *sorted((k, v) for k, v in point.tags.items() if k != "host")): dict(
            point.fields
        )
        for point in points
        if point.measurement != "device_poll"
    }


def asked(mfp: Mfp, port: int) -> list[Point]:
    target = ProbeTarget(host="127.0.0.1", port=port, community=mfp.key, name=mfp.name, timeout_s=1, retries=2)
    until = time.monotonic() + 30
    while True:
        points = SnmpProbe([target]).gather()
        if len(points) > 1 or time.monotonic() > until:
            return points


@pytest.mark.parametrize("mfp", MFPS, ids=lambda mfp: mfp.key)
@pytest.mark.parametrize("when", ["now", "jam"])
def test_it_tells_of_the_past_what_the_probe_reads_over_snmp(
    office: Office, served: Path, port: int, mfp: Mfp, when: str
) -> None:
    moment = office.anchor if when == "now" else office.of("paper_jam", "mfp-2f")[0].start + 300
    serve(office, served, moment)
    read, made = told(asked(mfp, port)), told(printer_points(office, mfp, moment, "probe"))
    assert read == made
    assert len(made) > 5


def test_it_follows_the_clock(office: Office, served: Path, port: int) -> None:
    counts = []
    for moment in (office.anchor, office.anchor + 86_400):
        serve(office, served, moment)
        (page_count,) = (
            fields["page_count"] for key, fields in told(asked(MFPS[0], port)).items() if key[0][1] == "printer"
        )
        counts.append(int(str(page_count)))
    assert counts[0] < counts[1]
