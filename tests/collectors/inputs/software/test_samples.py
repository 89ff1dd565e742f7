"""The facts that the shared samples state must come out of the parsers; skipped where the samples are absent."""

from pathlib import Path

import pytest

from collectors.decode import decode_text
from collectors.inputs.software import recording
from collectors.inventory import SoftwareItem

NOW_NS = 1_795_000_000_000_000_000
COUNTS = {
    "linux/packages-dpkg-query.txt": 16,
    "linux/packages-dpkg-l-codes.txt": 8,
    "linux/packages-rpm-qa.txt": 10,
    "linux/packages-snap-list.txt": 5,
    "windows/software-inventory-4.json": 4,
    "windows/software-uninstall-7.reg": 7,
}


@pytest.fixture(scope="module")
def samples(repository: Path) -> Path:
    folder = repository.parent / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the shared samples are not on this machine")
    return folder


def listed(path: Path) -> list[SoftwareItem]:
    reading = recording.read(decode_text(path.read_bytes()), NOW_NS)
    assert reading.unread == ()
    return list(reading.items)


@pytest.mark.parametrize("name", COUNTS)
def test_it_counts_what_is_installed(samples: Path, name: str) -> None:
    assert len(listed(samples / name)) == COUNTS[name]


def test_it_leaves_out_what_was_removed(samples: Path) -> None:
    assert "vlc-nox" not in {item.name for item in listed(samples / "linux/packages-dpkg-query.txt")}
    kernels = [item for item in listed(samples / "linux/packages-dpkg-l-codes.txt") if "linux-image" in item.name]
    assert len(kernels) == 3


def test_it_reads_names_versions_and_dates(samples: Path) -> None:
    first = listed(samples / "linux/packages-rpm-qa.txt")[0]
    assert (first.name, first.version, first.arch) == ("libpciaccess0", "0.12.1-1.mga1", "i586")
    programs = {item.name: item for item in listed(samples / "windows/software-uninstall-7.reg")}
    assert programs["Mozilla Firefox 57.0.2 (fr)"].version == "57.0.2"
    assert str(programs["Git version 2.12.2.2"].installed_on) == "2017-05-02"
    assert str(programs["Strawberry Perl (64-bit)"].installed_on) == "2017-06-22"
    sizes = {item.name: item.size_kib for item in listed(samples / "windows/software-inventory-4.json")}
    assert sizes["Adobe Acrobat Reader DC (2015) MUI"] == 552266
