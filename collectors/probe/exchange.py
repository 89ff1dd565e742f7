"""One question and its answer on the wire: what a codec must offer below `SnmpSession`, and nothing more."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from collectors.probe.snmp import NoAnswer, Oid, Value
from collectors.probe.target import ProbeTarget, SnmpVersion
from collectors.text import Text


class Operation(Enum):
    """The reading operations of RFC 3416; the value is the tag number of the PDU."""

    GET = 0
    GET_NEXT = 1
    GET_BULK = 5


class ErrorStatus:
    """The error-status values of RFC 3416 section 3 that a reader treats in ways of their own."""

    NO_ERROR: Final = 0
    TOO_BIG: Final = 1
    NO_SUCH_NAME: Final = 2
    GEN_ERR: Final = 5
    NO_ACCESS: Final = 6


ERROR_STATUS_NAMES: Final = (
    "noError",
    "tooBig",
    "noSuchName",
    "badValue",
    "readOnly",
    "genErr",
    "noAccess",
    "wrongType",
    "wrongLength",
    "wrongEncoding",
    "wrongValue",
    "noCreation",
    "inconsistentValue",
    "resourceUnavailable",
    "commitFailed",
    "undoFailed",
    "authorizationError",
    "notWritable",
    "inconsistentName",
)

Binding = tuple[Oid, Value | None]
"""A variable and its value; None where the device says noSuchObject, noSuchInstance, endOfMibView or NULL."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response PDU.

    Attributes:
        status: RFC 3416 error-status; 0 is no error.
        index: which variable the error is about, from 1; 0 for none.
        bindings: in the order of the wire.
    """

    status: int
    index: int
    bindings: Sequence[Binding]

    @property
    def status_name(self) -> str:
        """The error status as RFC 3416 names it."""
        return ERROR_STATUS_NAMES[self.status] if 0 <= self.status < len(ERROR_STATUS_NAMES) else f"error {self.status}"


class Exchange(Protocol):
    """Asks one device, with the target's time limit and retries, and hands back what it answered."""

    @property
    def target(self) -> ProbeTarget:
        """The device."""
        ...

    async def ask(self, operation: Operation, oids: Sequence[Oid], max_repetitions: int = 0) -> Answer:
        """Send one request and return the answer to it.

        Args:
            operation: GET_BULK is never asked of SNMP version 1.
            oids: the variables; in GET_BULK all are repeaters.
            max_repetitions: only for GET_BULK.

        Raises:
            SnmpError: no answer that can be used.
        """
        ...


def no_answer(target: ProbeTarget) -> NoAnswer:
    """Return the error for silence, which says what silence may mean."""
    secret = (
        Text("SNMPv3のユーザー名、鍵、またはコンテキスト", "SNMPv3 user, a key or the context")
        if target.version is SnmpVersion.V3
        else Text("コミュニティ名", "community")
    )
    asked = f"{target.retries + 1} × {target.timeout_s:g}"
    return NoAnswer(
        Text(
            f"{target.label} から応答がありません（{asked} 秒待ちました）。電源が切れているか接続できない、"
            f"SNMPが無効、または{secret.ja}が違います",
            f"{target.label} did not answer in {asked} s: it is off or not reachable, SNMP is off, "
            f"or the {secret.en} is wrong",
        )
    )
