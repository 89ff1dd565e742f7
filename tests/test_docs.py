"""What the documents say is compared with the code."""

import re
import tomllib
from pathlib import Path

import click

from api.cli import GROUPS, karte
from api.cli.up import up


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


def test_it_documents_every_setting_of_the_service(repository: Path) -> None:
    read = set(re.findall(r'"(KARTE_[A-Z0-9_]+)"', (repository / "api" / "config.py").read_text(encoding="utf-8")))
    page = (repository / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(KARTE_[A-Z0-9_]+)`", page, re.MULTILINE)) == read


def test_it_documents_every_option_of_the_local_stack(repository: Path) -> None:
    page = (repository / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
    options = {name for option in up.params for name in option.opts}
    assert options == set(re.findall(r"^\| `(--[a-z-]+)", page, re.MULTILINE))


def test_its_commands_exist(repository: Path) -> None:
    text = "".join(
        path.read_text(encoding="utf-8") for path in [repository / "README.md", *repository.glob("docs/*.md")]
    )
    named = {tuple(found) for found in re.findall(r"karte ([a-z][a-z-]*) ([a-z][a-z-]+)\b", text)}
    for group, command in sorted(named):
        assert group in GROUPS, f"karte {group}"
        loaded = karte.get_command(click.Context(karte), group)
        assert isinstance(loaded, click.Group), f"karte {group} {command}"
        assert command in loaded.commands, f"karte {group} {command}"
