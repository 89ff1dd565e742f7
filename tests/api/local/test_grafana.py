import json
import sys
import time
import urllib.request
from pathlib import Path

from api.local.child import stop_child
from api.local.datadir import DataDir
from api.local.grafana import find_grafana, password_path, start_grafana

# Stands for a Grafana: says on its port with which settings and arguments it was started.
PROGRAM = """#!{python}
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({{name: value for name, value in os.environ.items() if name[:3] == "GF_"}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

address = (os.environ["GF_SERVER_HTTP_ADDR"], int(os.environ["GF_SERVER_HTTP_PORT"]))
http.server.HTTPServer(address, Handler).serve_forever()
"""


def install(home: Path, name: str) -> None:
    (home / "bin").mkdir(parents=True)
    program = home / "bin" / name
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)


def test_it_is_not_found_where_there_is_none(tmp_path: Path) -> None:
    assert find_grafana(tmp_path) is None


def test_it_is_started_with_its_own_directory_and_password(tmp_path: Path) -> None:
    home = tmp_path / "grafana"
    install(home, "grafana")
    found = find_grafana(home)
    assert found is not None
    assert found.command == (str(home / "bin" / "grafana"), "server", "--homepath", str(home))
    data = DataDir(tmp_path / "data")
    data.create()
    process = start_grafana(found, data)
    try:
        settings = _ask(found.url)
    finally:
        stop_child(process)
    assert settings["GF_PATHS_DATA"] == str(data.root / "grafana" / "data")
    assert settings["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"
    assert settings["GF_SECURITY_ADMIN_PASSWORD"] == f"$__file{{{password_path(data)}}}"
    assert password_path(data).stat().st_mode & 0o777 == 0o600
    assert password_path(data).read_text() not in json.dumps(settings)


def test_it_keeps_its_password(tmp_path: Path) -> None:
    home = tmp_path / "grafana"
    install(home, "grafana-server")
    found = find_grafana(home)
    assert found is not None
    assert "server" not in found.command
    data = DataDir(tmp_path / "data")
    data.create()
    passwords = set()
    for _ in range(2):
        stop_child(start_grafana(found, data))
        passwords.add(password_path(data).read_text())
    assert len(passwords) == 1


def _ask(url: str) -> dict[str, str]:
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                found: dict[str, str] = json.load(answer)
                return found
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)
