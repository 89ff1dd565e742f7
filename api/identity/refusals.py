"""Why no token opens anything just now: what writing and reading have in common."""

import logging
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError

from api.gateway.grant import Refusal
from api.models import ContractState
from collectors.text import Text

_log = logging.getLogger(__name__)

_NOT_ACTIVE: Mapping[ContractState, tuple[str, Text]] = {
    ContractState.DRAFT: ("contract_not_active", Text("契約はまだ始まっていません", "the contract has not begun")),
    ContractState.SUSPENDED: ("contract_suspended", Text("契約は停止中です", "the contract is suspended")),
    ContractState.TERMINATED: ("contract_terminated", Text("契約は終了しました", "the contract has ended")),
}


def not_active(state: ContractState, reason: Text) -> tuple[str, Text]:
    """Return the code and the words for a contract that is in any state but active.

    Args:
        state: where the contract stands.
        reason: why, as told to the customer; empty if none was given.
    """
    code, told = _NOT_ACTIVE[state]
    return code, Text(f"{told.ja}: {reason.ja}", f"{told.en}: {reason.en}") if reason.ja else told


def unavailable(error: SQLAlchemyError, message: str) -> Refusal:
    """Return the refusal while the contracts' database fails, and log what it was."""
    # Only the kind: the text of a database error holds the statement's values.
    _log.error("the contracts' database failed: %s", type(error).__name__)
    return Refusal(503, "unavailable", message)
