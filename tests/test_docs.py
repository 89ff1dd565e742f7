"""What the documents say is compared with the code."""

import re
import tomllib
from pathlib import Path


def test_it_justifies_every_dependency_and_names_no_other(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {re.split(r"[<>=\[ ]", line)[0] for group in groups for line in group}
    page = (repository / "docs" / "DEPENDENCIES.md").read_text(encoding="utf-8")
    justified = set(re.findall(r"^\| ([a-z][a-z0-9-]+) \| \S", page, re.MULTILINE)) - {"library"}
    assert justified == declared


def test_it_pins_every_dependency_with_hashes(repository: Path) -> None:
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)
    unhashed = [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    assert entries
    assert unhashed == []


def test_it_names_no_registry_host(repository: Path) -> None:
    text = (repository / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
