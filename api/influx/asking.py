"""The request that every engine's `/query` takes for an answer that is handed on as it comes."""

from urllib.parse import urlencode

from api.influx.connection import Connection
from api.influx.engine import Form, RawAnswer

_FORM = "application/x-www-form-urlencoded"


def ask(connection: Connection, database: str, statement: str, form: Form, timeout_s: float) -> RawAnswer:
    """Send statements to `/query` and return the answer as it comes.

    Raises:
        EngineUnavailable: no answer in time.
    """
    body = urlencode({"q": statement, "db": database, **form.parameters()}).encode()
    accept = "application/csv" if form.csv else "application/json"
    headers = {"Content-Type": _FORM, "Accept": accept}
    return connection.open("POST", "/query", body=body, headers=headers, timeout_s=timeout_s)
