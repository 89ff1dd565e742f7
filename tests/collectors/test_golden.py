"""Recorded raw output in, expected line protocol out.

A case is a folder `tests/data/<input>/<case>/` with one `input.*` (the bytes as the tool wrote them) and either
`expected.lp` (the points) or `expected.err` (the error's class and message). A new case needs no code: write the
input, run `make golden-update`, and read the expected file before committing it.
"""

import os
from pathlib import Path

import pytest

from collectors import catalogue
from collectors.input import InputError, NothingToReport, Recording
from collectors.point import to_lines
from collectors.registry import INPUTS, input_named

DATA = Path(__file__).resolve().parent.parent / "data"
NOW_NS = 1_790_000_000_000_000_000  # 2026-09-21T14:13:20Z: the time at which the ages in the cases are counted
UPDATE = os.environ.get("KARTE_GOLDEN_UPDATE") == "1"

CASES = sorted(source.parent for source in DATA.glob("*/*/input.*"))


def _name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def _outcome(case: Path) -> tuple[str, str]:
    """Return the name of the expected file and what belongs in it."""
    (source,) = case.glob("input.*")
    parse = input_named(case.parent.name).parse
    assert parse is not None, f"input {case.parent.name} has no parser"
    try:
        points = parse(Recording(source.read_bytes(), source.name, NOW_NS))
    except (InputError, NothingToReport) as error:
        message = str(error)
        assert "\n" not in message, f"an error is one line: {message!r}"
        return "expected.err", f"{type(error).__name__}: {message}\n"
    assert points, "a parser that finds nothing raises NothingToReport"
    assert catalogue.problems(points) == []
    return "expected.lp", to_lines(points)


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_it_gives_the_expected_points(case: Path) -> None:
    name, text = _outcome(case)
    if UPDATE:
        for old in case.glob("expected.*"):
            old.unlink()
        (case / name).write_text(text, "utf-8")
    assert [path.name for path in case.glob("expected.*")] == [name]
    assert (case / name).read_text("utf-8") == text


def test_it_has_a_case_for_every_parser() -> None:
    with_case = {case.parent.name for case in CASES}
    assert {each.name for each in INPUTS if each.parse} <= with_case


def test_it_leaves_no_folder_without_an_input_file() -> None:
    folders = {path for each in INPUTS for path in (DATA / each.name).glob("*") if path.is_dir()}
    assert folders <= set(CASES)
