"""The states of a contract as a picture in the documents: a Mermaid diagram, drawn from the tables."""

from api.contracts.guards import GUARDED
from api.models.contract import EVENT_WORDS, REASONS_OF, STATE_WORDS, TRANSITIONS, ContractEvent, ContractState
from api.models.contract_reason import REASONS, ReasonUse

_DISPATCH = frozenset({ContractEvent.TERMINATE})
"""Events that wait for the dispatch of their notice."""


def diagram() -> str:
    """Return the diagram: states, and the events between them with their conditions."""
    lines = ["stateDiagram-v2", f"    [*] --> {ContractState.DRAFT}"]
    lines += [f"    {state}: {STATE_WORDS[state].en} {STATE_WORDS[state].ja}" for state in ContractState]
    for (before, event), after in TRANSITIONS.items():
        lines.append(f"    {before} --> {after}: {event}{_told(before, event)}")
    return "\n".join([*lines, f"    {ContractState.TERMINATED} --> [*]"])


def tables() -> str:
    """Return the conditions of the events and the reasons of the terms, as Markdown."""
    rows = ["| event | condition |", "| --- | --- |"]
    for event in ContractEvent:
        conditions = [f"{guard.code}: {guard.text.en}" if guard.code else guard.text.en for guard in GUARDED[event]]
        if event is ContractEvent.TRANSFER:
            conditions.append("an application with a document that proves it was accepted")
        if event in REASONS_OF:
            conditions.insert(0, "a reason of the terms")
        rows.append(f"| {event} ({EVENT_WORDS[event].ja}) | {'; '.join(conditions) or 'none'} |")
    rows += ["", "| reason | for | told as |", "| --- | --- | --- |"]
    for code, kind in REASONS.items():
        rows.append(f"| `{code}` | {_use(kind.use)} | {kind.text.ja} · {kind.text.en} |")
    return "\n".join(rows)


def page() -> str:
    """Return the whole page `docs/CONTRACTS.md`."""
    return (
        "# The states of a contract\n\n"
        "Made from `api/models/contract.py`, `api/models/contract_reason.py` and `api/contracts/guards.py` by "
        "`python -m api.contracts.picture`;\na test compares it. What ends a contract takes effect when its notice is "
        "dispatched.\n\n"
        f"```mermaid\n{diagram()}\n```\n\n{tables()}\n"
    )


def _told(before: ContractState, event: ContractEvent) -> str:
    return " (on dispatch of the notice)" if event in _DISPATCH and before is not ContractState.DRAFT else ""


def _use(use: ReasonUse) -> str:
    return {
        ReasonUse.SUSPENSION: "suspension",
        ReasonUse.IMMEDIATE_TERMINATION: "immediate end",
        ReasonUse.TERMINATION: "end",
    }[use]


if __name__ == "__main__":
    from pathlib import Path

    target = Path("docs/CONTRACTS.md")
    target.write_text(page(), encoding="utf-8")
    print(f"wrote {target}")  # noqa: T201
