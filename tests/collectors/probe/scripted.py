"""An SNMP agent in memory that answers as RFC 3416 says, and a way to make it misbehave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from collectors.probe.exchange import Answer, Binding, ErrorStatus, Operation
from collectors.probe.snmp import Oid, Value
from collectors.probe.target import ProbeTarget, SnmpVersion

Question = tuple[Operation, tuple[Oid, ...], int]


@dataclass
class ScriptedAgent:
    """An `Exchange` with an agent that holds some variables.

    Attributes:
        variables: OID to value.
        version: which decides how absence and the end of the MIB are told.
        misbehave: gets each question and the right answer, and returns what is answered instead, or raises.
        questions: all that was asked.
    """

    variables: dict[Oid, Value]
    version: SnmpVersion = SnmpVersion.V2C
    misbehave: Callable[[Question, Answer], Answer] = lambda _question, answer: answer
    questions: list[Question] = field(default_factory=list)

    @property
    def target(self) -> ProbeTarget:
        return ProbeTarget("agent.example", version=self.version)

    async def ask(self, operation: Operation, oids: Sequence[Oid], max_repetitions: int = 0) -> Answer:
        question = (operation, tuple(oids), max_repetitions)
        self.questions.append(question)
        assert len(self.questions) < 2000, "asks without end"
        return self.misbehave(question, self._answer(*question))

    def _answer(self, operation: Operation, oids: Sequence[Oid], max_repetitions: int) -> Answer:
        if operation is Operation.GET:
            return self._told([(each, self.variables.get(each)) for each in oids])
        if operation is Operation.GET_NEXT:
            return self._told([self._next(each) for each in oids])
        assert self.version is not SnmpVersion.V1
        found: list[Binding] = []
        cursors = list(oids)
        for _ in range(max_repetitions):
            row = [self._next(each) for each in cursors]
            found += row
            cursors = [oid for oid, _value in row]
        return Answer(0, 0, found)

    def _told(self, bindings: list[Binding]) -> Answer:
        absent = [position for position, (_oid, value) in enumerate(bindings, 1) if value is None]
        if absent and self.version is SnmpVersion.V1:
            return Answer(ErrorStatus.NO_SUCH_NAME, absent[0], [(oid, None) for oid, _value in bindings])
        return Answer(0, 0, bindings)

    def _next(self, oid: Oid) -> Binding:
        following = min((each for each in self.variables if each > oid), default=None)
        return (oid, None) if following is None else (following, self.variables[following])
