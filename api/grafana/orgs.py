"""Which organisation is a contract's: by a mark in its name, which no other contract can have."""

import re
from collections.abc import Mapping

_LONGEST = 150
"""Grafana's column takes 190 characters; this leaves room, and is more than the list of organisations shows."""

_MARK = re.compile(r"\[(c-[0-9a-z]+)\]$")
_JOINER = "\u200d"


def org_name(customer: str, contract: str) -> str:
    """Return the name of a contract's organisation: the customer's, cut where it is long, and the contract's id."""
    mark = f" [{contract}]"
    room = _LONGEST - len(mark)
    shown = customer if len(customer) <= room else customer[: room - 1].rstrip(f"{_JOINER} ") + "…"
    return shown + mark


def marked(name: str) -> str | None:
    """Return the contract that an organisation's name tells of; None if it tells of none."""
    found = _MARK.search(name)
    return found[1] if found else None


def org_of(contract: str, known: int | None, orgs: Mapping[int, str]) -> int | None:
    """Return a contract's organisation among those that there are; None if it has to be made.

    One that we made and could not note, as we were stopped in between, is known by the mark in its name. One that we
    noted and whose name tells of another contract is that one's: Grafana has begun to count anew.

    Args:
        contract: its public id.
        known: the organisation that we noted for it.
        orgs: all that there are: id -> name.
    """
    if known is not None and known in orgs and marked(orgs[known]) in (contract, None):
        return known
    return next((org for org, name in orgs.items() if marked(name) == contract), None)


def is_marked(contract: str, org: int, orgs: Mapping[int, str]) -> bool:
    """Tell whether an organisation's name alone says that it is a contract's."""
    return marked(orgs[org]) == contract
