"""Orders about a contract from the command line: one transaction, and refusals as one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click

from api.audit.actor import operator
from api.cli.lookup import contract_of
from api.cli.speech import Failed
from api.cli.store import writing
from api.contracts.changes import Order
from api.models import Contract
from api.models.base import utc_now
from api.told import ToldError

DAY = click.DateTime(["%Y-%m-%d"])
"""A day as an option's value."""


@contextmanager
def ordering(directory: Path | None, contract_id: str) -> Iterator[tuple[Order, Contract]]:
    """Begin a transaction in which whoever runs this program orders something about a contract.

    Raises:
        Failed: there is no such contract, or the terms do not allow it; nothing is changed then.
    """
    try:
        with writing(directory) as session:
            contract = contract_of(session, contract_id)
            session.refresh(contract, with_for_update=True)
            yield Order(session, operator(), utc_now()), contract
            session.flush()
    except ToldError as error:
        raise Failed(error.text) from None


def day(_ctx: click.Context, _param: click.Parameter, value: object) -> date | None:
    """Return an option's value as a day; for `callback` beside `DAY`."""
    return value.date() if value is not None else None  # type: ignore[attr-defined]  # click.DateTime's
