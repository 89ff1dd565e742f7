"""An installation for a customer's machine has the agent's libraries only."""

import subprocess
import sys

import pytest

_WITHOUT = """
import sys
for name in {libraries!r}:
    sys.modules[name] = None
from api.cli import main
sys.argv = ["karte", *{arguments!r}]
main()
"""
_SERVER = ("sqlalchemy", "flask", "alembic", "jinja2", "weasyprint", "gunicorn", "argon2", "flask_login")


def _karte_without(libraries: tuple[str, ...], *arguments: str) -> subprocess.CompletedProcess[str]:
    text = _WITHOUT.format(libraries=libraries, arguments=arguments)
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "arguments",
    [("contract", "list"), ("device", "list", "X"), ("user", "list"), ("report", "--help"), ("up", "--help")],
)
def test_it_names_the_extra_in_one_line_where_the_services_libraries_are_missing(arguments: tuple[str, ...]) -> None:
    done = _karte_without(_SERVER, *arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert 'pip install "office-karte[server]"' in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("agent", "--help"), ("probe", "--help"), ("catalogue",), ("--help",)])
def test_it_runs_the_agents_commands_without_the_services_libraries(arguments: tuple[str, ...]) -> None:
    done = _karte_without(_SERVER, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
