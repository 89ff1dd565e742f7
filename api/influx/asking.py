"""The request that every engine's `/query` takes for an answer that is handed on as it comes."""

from urllib.parse import urlencode

from api.influx.connection import Connection
from api.influx.engine import Form, RawAnswer

_LONGEST_URL = 8_000
"""Go's HTTP server takes a megabyte; proxies in between often no more than 8 KiB."""

_FORM = "application/x-www-form-urlencoded"


def ask(connection: Connection, database: str, statement: str, form: Form, timeout_s: float) -> RawAnswer:
    """Send statements to `/query` and return the answer as it comes.

    Raises:
        EngineUnavailable: no answer in time.
    """
    sent = urlencode({"q": statement, "db": database, **form.parameters()})
    headers = {"Accept": "application/csv" if form.csv else "application/json"}
    if len(sent) <= _LONGEST_URL:
        # One packet instead of two, for which the engine would wake up twice.
        return connection.open("GET", f"/query?{sent}", headers=headers, timeout_s=timeout_s)
    headers["Content-Type"] = _FORM
    return connection.open("POST", "/query", body=sent.encode(), headers=headers, timeout_s=timeout_s)
