"""Does a set of packet-filter rules keep unwanted inbound traffic out?

It does where a packet that no rule accepts is dropped: by the chain's policy, or by a rule at its end. A chain that
accepts by default and has only `accept` rules, or drops only certain addresses, is no protection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_MAX_DEPTH = 16
"""The kernel allows no deeper nesting of jumps (NFT_JUMP_STACK_SIZE)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        verdict: accept, drop (also for reject), jump, return, or "" for a rule that decides nothing.
        target: the chain that is jumped to.
        general: whether it applies to any new packet from outside, not only to certain ports or addresses.
    """

    verdict: str
    target: str = ""
    general: bool = False


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of rules.

    Attributes:
        policy: accept or drop for a chain at the kernel's input hook; None for chains that are jumped to.
        rules: in order.
    """

    policy: str | None
    rules: list[Rule] = field(default_factory=list)


def blocks_inbound(base: Chain, chains: Mapping[str, Chain]) -> bool:
    """Tell whether a packet that no specific rule accepts is dropped by a base chain."""
    decided = _decide(base.rules, chains, _MAX_DEPTH)
    return decided == "drop" or (decided is None and base.policy == "drop")


def _decide(rules: Sequence[Rule], chains: Mapping[str, Chain], depth: int) -> str | None:
    """Return accept or drop if the rules decide for every packet, None if a packet can pass through them."""
    for rule in rules:
        if not rule.general:
            continue
        if rule.verdict in ("accept", "drop"):
            return rule.verdict
        if rule.verdict == "return":
            return None
        if rule.verdict == "jump" and depth and rule.target in chains:
            decided = _decide(chains[rule.target].rules, chains, depth - 1)
            if decided:
                return decided
    return None
