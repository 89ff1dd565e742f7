"""An `SnmpSession` over any `Exchange`: chunks of GET, GETBULK or GETNEXT, error statuses, partial tables."""

from collections.abc import Mapping, Sequence

from collectors.probe.exchange import Answer, Binding, ErrorStatus, Exchange, Operation
from collectors.probe.snmp import Oid, RefusedRequest, SnmpError, Table, Value
from collectors.probe.target import ProbeTarget, SnmpVersion
from collectors.probe.walk import Reading
from collectors.text import Text

MAX_PER_GET = 24
"""Variables in one GET; some twenty short values fit one Ethernet frame."""

_ABOUT_ONE_VARIABLE = frozenset({ErrorStatus.NO_SUCH_NAME, ErrorStatus.GEN_ERR, ErrorStatus.NO_ACCESS, 16})
"""Statuses that concern the one variable named by error-index; 16 is authorizationError."""


class Session:
    """A conversation with one device."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    @property
    def target(self) -> ProbeTarget:
        """The device."""
        return self._exchange.target

    async def get(self, objects: Mapping[str, Oid]) -> dict[str, Value]:
        """Read single objects; see `SnmpSession.get`."""
        names: dict[Oid, list[str]] = {}
        for name, wanted in objects.items():
            names.setdefault(wanted, []).append(name)
        oids = list(names)
        found: dict[str, Value] = {}
        for start in range(0, len(oids), MAX_PER_GET):
            for bound, value in await self._get(oids[start : start + MAX_PER_GET]):
                if value is not None:
                    found.update(dict.fromkeys(names.get(bound, ()), value))
        return found

    async def _get(self, oids: list[Oid]) -> Sequence[Binding]:
        left = list(oids)
        while left:
            answer = await self._exchange.ask(Operation.GET, left)
            if answer.status == ErrorStatus.NO_ERROR:
                return answer.bindings
            named = 1 <= answer.index <= len(left) and answer.status in _ABOUT_ONE_VARIABLE
            if len(left) > 1 and not named:
                half = len(left) // 2
                return [*await self._get(left[:half]), *await self._get(left[half:])]
            if answer.status not in _ABOUT_ONE_VARIABLE:
                raise _refused(self.target, answer)
            # Version 1 refuses the whole question for one absent variable (RFC 1157 section 4.1.2): ask without it.
            del left[answer.index - 1 if named else 0]
        return ()

    async def walk(self, columns: Mapping[str, Oid], expect_rows: int = 8, max_rows: int = 4096) -> Table:
        """Read columns of a table; see `SnmpSession.walk`."""
        bulk = self.target.version is not SnmpVersion.V1
        reading = Reading(columns, expect_rows=expect_rows, max_rows=max_rows, merge=bulk)
        try:
            while reading.unfinished:
                await (self._step_by_bulk(reading) if bulk else self._step_by_next(reading))
        except SnmpError as error:
            if not reading.rows:
                raise
            return reading.table(error)
        return reading.table()

    async def _step_by_bulk(self, reading: Reading) -> None:
        asked = reading.ask_next(MAX_PER_GET)
        repetitions = reading.repetitions(asked)
        answer = await self._exchange.ask(Operation.GET_BULK, [each.cursor for each in asked], repetitions)
        if answer.status == ErrorStatus.NO_ERROR:
            reading.take(asked, answer.bindings)
        elif repetitions > 1:
            reading.ask_for_less(repetitions)
        else:
            self._step_after_error(reading, answer)

    async def _step_by_next(self, reading: Reading) -> None:
        asked = reading.ask_next(MAX_PER_GET)
        answer = await self._exchange.ask(Operation.GET_NEXT, [each.cursor for each in asked])
        if answer.status == ErrorStatus.NO_ERROR:
            reading.take(asked, answer.bindings)
        else:
            self._step_after_error(reading, answer)

    def _step_after_error(self, reading: Reading, answer: Answer) -> None:
        asked = reading.ask_next(MAX_PER_GET)
        if answer.status == ErrorStatus.NO_SUCH_NAME and (1 <= answer.index <= len(asked) or len(asked) == 1):
            # In version 1 this is how the end of the MIB is told (RFC 1157 section 4.1.3).
            asked[max(answer.index, 1) - 1].done = True
        elif len(asked) > 1:
            reading.ask_one_by_one()
        elif answer.status in _ABOUT_ONE_VARIABLE:
            reading.skip_column(asked[0], str(_refused(self.target, answer)))
            if not reading.rows and not reading.unfinished:
                raise _refused(self.target, answer)
        else:
            raise _refused(self.target, answer)


def _refused(target: ProbeTarget, answer: Answer) -> RefusedRequest:
    label, status = target.label, answer.status_name
    return RefusedRequest(
        Text(f"{label} が問い合わせを断りました: {status}", f"{label} refused the question: {status}")
    )
