"""A Grafana that is on this machine already, as a child with its own data directory."""

import json
import secrets
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from api.identity.grafana_pass import AUDIENCE, ISSUER, SET_HOLDS
from api.local.child import start_child
from api.local.datadir import DataDir
from api.local.logs import open_log
from api.local.ports import free_port, is_taken
from api.local.state import write_private
from collectors.input import find_program

_PREFERRED_PORT = 3000
_UP_WITHIN_S = 180.0
"""Its first start makes its own database, which takes some ten seconds, and more on a busy machine."""

_PACKAGE_HOME = Path("/usr/share/grafana")


@dataclass(frozen=True, slots=True)
class Grafana:
    """A Grafana to start.

    Attributes:
        command: how to start it.
        port: where it will listen, on the loopback.
    """

    command: tuple[str, ...]
    port: int

    @property
    def url(self) -> str:
        """Where people open it."""
        return f"http://127.0.0.1:{self.port}"


def find_grafana(home: Path | None) -> Grafana | None:
    """Return the Grafana in `home`, or the one on PATH; None if there is none."""
    for command in _candidates(home):
        port = free_port() if is_taken(_PREFERRED_PORT) else _PREFERRED_PORT
        return Grafana(command, port)
    return None


def _candidates(home: Path | None) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    # "grafana server" since version 9.4, "grafana-server" before; the latter is on its way out.
    for name, arguments in (("grafana", ("server",)), ("grafana-server", ())):
        if home is not None and (home / "bin" / name).is_file():
            found.append((str(home / "bin" / name), *arguments, "--homepath", str(home)))
        program = find_program(name) if home is None else None
        if program is not None:
            place = ("--homepath", str(_PACKAGE_HOME)) if _PACKAGE_HOME.is_dir() else ()
            found.append((str(program), *arguments, *place))
    return found


def password_path(data: DataDir) -> Path:
    """Return the file with the password of Grafana's user admin."""
    return data.root / "grafana" / "admin_password"


def sign_in_settings(service_url: str) -> dict[str, str]:
    """Return the settings by which Grafana lets in whom the service sends (`api.identity.grafana_pass`).

    Args:
        service_url: where Grafana reaches the service.
    """
    settings = {
        "ENABLED": "true",
        "URL_LOGIN": "true",
        "HEADER_NAME": "X-JWT-Assertion",
        "USERNAME_CLAIM": "login",
        "EXPECT_CLAIMS": json.dumps({"iss": ISSUER, "aud": AUDIENCE}),
        "JWK_SET_URL": f"{service_url}/.well-known/jwks.json",
        "CACHE_TTL": f"{int(SET_HOLDS.total_seconds())}s",
        # Accounts, organisations and roles are the sync's.
        "AUTO_SIGN_UP": "false",
        "SKIP_ORG_ROLE_SYNC": "true",
    }
    return {f"GF_AUTH_JWT_{name}": value for name, value in settings.items()}


def start_grafana(grafana: Grafana, data: DataDir, service_url: str | None = None) -> "subprocess.Popen[bytes]":
    """Start it; it answers some seconds later.

    Args:
        grafana: which one.
        data: where it keeps its things.
        service_url: of the service on this machine whose people it lets in; None where they sign in by a password.
    """
    own = data.root / "grafana"
    own.mkdir(mode=0o700, exist_ok=True)
    if not password_path(data).exists():
        write_private(password_path(data), secrets.token_urlsafe(18))
    settings = {
        "GF_PATHS_DATA": str(own / "data"),
        "GF_PATHS_LOGS": str(own / "log"),
        "GF_PATHS_PLUGINS": str(own / "plugins"),
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": str(grafana.port),
        # Read by Grafana itself; a variable that ends in __FILE is only understood by its container.
        "GF_SECURITY_ADMIN_PASSWORD": f"$__file{{{password_path(data)}}}",
        # A reader need not wait for a writer then: a page opens while a sync is at it.
        "GF_DATABASE_WAL": "true",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        "GF_USERS_ALLOW_SIGN_UP": "false",
        # What an office looks at is nobody else's business, and it may have no way out.
        "GF_SECURITY_DISABLE_GRAVATAR": "true",
        "GF_NEWS_NEWS_FEED_ENABLED": "false",
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED": "true",
    }
    if service_url is not None:
        # In its other mode Grafana takes a set of keys over https only.
        settings |= {"GF_DEFAULT_APP_MODE": "development", **sign_in_settings(service_url)}
    with open_log(data.log / "grafana.log") as log:
        return start_child(grafana.command, stdout=log, stderr=log, extra_env=settings)


def comes_up(url: str) -> bool:
    """Wait for a Grafana at a loopback URL as long as a first start may take; tell whether it answers."""
    until = time.monotonic() + _UP_WITHIN_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/api/health", timeout=5) as answer:  # noqa: S310  # our own loopback URL
                if answer.status == 200:
                    return True
        except OSError:  # URLError is one
            pass
        time.sleep(0.3)
    return False
