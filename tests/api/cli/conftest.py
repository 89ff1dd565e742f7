"""Commands on a data directory of their own, run as a person runs them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import karte

Run = Callable[..., Result]
RunJson = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `karte` with a data directory of this test's own, in English unless told otherwise."""
    monkeypatch.delenv("KARTE_DATABASE_URL", raising=False)

    def command(*arguments: str, stdin: str | None = None, lang: str | None = "en") -> Result:
        spoken = ["--lang", lang] if lang else []
        result = CliRunner().invoke(karte, [*arguments, "--data-dir", str(tmp_path / "data"), *spoken], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        return result

    return command


@pytest.fixture
def run_json(run: Run) -> RunJson:
    """Run a command that has to succeed, and return what it wrote as JSON."""

    def command(*arguments: str) -> Any:
        result = run(*arguments, "--format", "json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return command


@pytest.fixture
def contract(run_json: RunJson) -> str:
    """Public id of an active contract with one site."""
    made: str = run_json("contract", "create", "山田商事", "--prefecture", "東京都")["id"]
    return made
