"""Walks of real printers against another product's opinion of them; where RFC 3805 says otherwise, the reason is here.

Skipped where the walks are not beside the checkout.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collectors.probe.client import Client
from collectors.probe.printer.document import to_document
from collectors.probe.printer.read import read_printer
from tests.collectors.probe.conftest import Snmpsim

WALKS = (
    "brother",
    "canonprinter_lbp",
    "dell-laser_s5830dn",
    "fujifilmprinter_c810",
    "jetdirect_m252dw",
    "konica_2",
    "konica_c250i",
    "ricoh_mpc3002",
    "samsungprinter_m4080fx",
    "sharp",
)

SOME_LEFT = "level -3: something is left, the amount is not told; the other product shows 50 % for it"
NO_CAPACITY = "maximum -2 is not known, so there is nothing to take a percentage of; the other product takes 100"
NOT_LISTED = "the other product lists no row whose level is -2 (unknown)"
UNNAMED = "the other product lists no tray without a name"

DIFFERENCES: dict[tuple[str, str, int], str] = {
    ("brother", "supplies", 1): SOME_LEFT,
    ("brother", "trays", 1): SOME_LEFT,
    ("brother", "trays", 2): SOME_LEFT,
    ("brother", "trays", 3): SOME_LEFT,
    ("dell-laser_s5830dn", "trays", 2): SOME_LEFT,
    ("dell-laser_s5830dn", "trays", 3): SOME_LEFT,
    ("fujifilmprinter_c810", "supplies", 5): SOME_LEFT,
    **{("fujifilmprinter_c810", "trays", index): UNNAMED for index in (1, 2, 3, 4, 5)},
    ("jetdirect_m252dw", "trays", 1): NOT_LISTED,
    ("jetdirect_m252dw", "trays", 2): SOME_LEFT,
    ("konica_2", "trays", 1): SOME_LEFT,
    ("konica_c250i", "supplies", 13): SOME_LEFT,
    **{("konica_c250i", "trays", index): UNNAMED for index in (1, 2, 7)},
    ("sharp", "supplies", 5): NO_CAPACITY,
    ("sharp", "supplies", 14): NOT_LISTED,
    ("sharp", "trays", 31): NOT_LISTED,
}
"""Walk, part and index to the reason for which the percentage differs."""

SERIALS = {"jetdirect_m252dw": "VNB3J99999"}
"""Where the other product reads none: it stands in sysDescr behind SN."""


@pytest.fixture(scope="module")
def expected_folder(repository: Path) -> Path:
    folder = repository.parent / "shared" / "snmpsim" / "expected"
    if not folder.is_dir():
        pytest.skip(f"no recorded opinions in {folder}")
    return folder


def ours(simulator: Snmpsim, walk: str) -> dict[str, Any]:
    async def read() -> dict[str, Any]:
        async with Client() as client:
            return to_document(await read_printer(await client.session(simulator.target(walk))))

    return asyncio.run(read())


def theirs(folder: Path, walk: str, part: str) -> dict[int, dict[str, Any]]:
    known = json.loads((folder / f"{walk}.json").read_text())
    rows = known["printer-supplies"]["discovery"]["printer_supplies"]
    return {row["supply_index"]: row for row in rows if (row["supply_type"] == "input") == (part == "trays")}


def differing(document: dict[str, Any], folder: Path, walk: str) -> Iterator[tuple[str, str, int]]:
    for part in ("supplies", "trays"):
        others = theirs(folder, walk, part)
        mine = {each["index"]: each for each in document[part]}
        assert others.keys() <= mine.keys(), f"{part} that were not read"
        for index, row in mine.items():
            percent = None if row["percent"] is None else round(row["percent"])
            if percent is None or index not in others or percent != others[index]["supply_current"]:
                yield walk, part, index


@pytest.mark.parametrize("walk", WALKS)
def test_it_agrees_with_another_product_or_says_why_not(
    recorded_snmpsim: Snmpsim, expected_folder: Path, walk: str
) -> None:
    document = ours(recorded_snmpsim, walk)
    explained = {key for key in DIFFERENCES if key[0] == walk}
    assert set(differing(document, expected_folder, walk)) == explained
    assert document["partial"] == []


@pytest.mark.parametrize("walk", WALKS)
def test_it_reads_the_same_names_types_and_identity(
    recorded_snmpsim: Snmpsim, expected_folder: Path, walk: str
) -> None:
    document = ours(recorded_snmpsim, walk)
    for part, name in (("supplies", "description"), ("trays", "name")):
        mine = {each["index"]: each for each in document[part]}
        for index, other in theirs(expected_folder, walk, part).items():
            assert mine[index][name].lower() == other["supply_descr"].lower()
            # A walk without the type column is called markerSupply there; a tray is called input.
            assert other["supply_type"] in (mine[index]["type"], "markerSupply", "input")
    device = json.loads((expected_folder / f"{walk}.json").read_text())["os"]["discovery"]["devices"][0]
    assert document["system"]["serial"] == (device["serial"] or SERIALS.get(walk))
    hardware = (device["hardware"] or document["system"]["model"]).removeprefix(f"{document['system']['maker']} ")
    assert document["system"]["model"] == hardware
