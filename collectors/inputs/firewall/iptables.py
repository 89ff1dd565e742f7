"""iptables: `iptables-save`, `iptables -S`, and the listing of `iptables -L`."""

import re

from collectors.input import BadOutput
from collectors.inputs.firewall.layer import SYSTEM, Layer
from collectors.inputs.firewall.ruleset import Chain, Rule, blocks_inbound

MANAGER = "iptables"

_POLICY = re.compile(r"(?:-P |:)(?P<chain>\S+) (?P<policy>ACCEPT|DROP|-)(?: \[\d+:\d+\])?")
_NEW_CHAIN = re.compile(r"-N (?P<chain>\S+)")
_RULE = re.compile(r"(?:\[\d+:\d+\] )?-A (?P<chain>\S+)(?P<matches>.*?) -[jg] (?P<target>\S+)(?P<options>.*)")
_LISTED_CHAIN = re.compile(r"Chain (?P<chain>\S+) \((?:policy (?P<policy>\w+)|(?P<references>\d+) references?).*\)")
_ANYWHERE = frozenset({"anywhere", "0.0.0.0/0", "::/0"})
_GENERAL = re.compile(
    r"\s*(?:-m comment --comment (?:\"[^\"]*\"|\S+)|! -i lo|-m (?:conn)?track|-m state"
    r"|--(?:ct)?state (?:\S+,)?NEW(?:,\S+)?)"
)
_VERDICTS = {"ACCEPT": "accept", "DROP": "drop", "REJECT": "drop", "RETURN": "return"}
_NO_VERDICT = frozenset({"LOG", "NFLOG", "MARK", "CONNMARK", "TCPMSS", "CT", "SET", "NOTRACK"})


def is_rules(text: str) -> bool:
    """Tell whether a text is `iptables-save` or `iptables -S`."""
    return any(line.startswith(("*filter", "-P INPUT ")) for line in text.splitlines())


def is_listing(text: str) -> bool:
    """Tell whether a text is `iptables -L`."""
    return any(line.startswith("Chain INPUT (policy ") for line in text.splitlines())


def read_rules(text: str) -> Layer:
    """Return what the filter table of `iptables-save`, or `iptables -S`, does with inbound traffic.

    Raises:
        BadOutput: the filter table does not end, or the INPUT chain's policy is missing.
    """
    lines = _filter_table(text)
    chains: dict[str, Chain] = {}
    count = 0
    for line in lines:
        policy, new, rule = _POLICY.fullmatch(line), _NEW_CHAIN.fullmatch(line), _RULE.fullmatch(line)
        if policy:
            chains[policy["chain"]] = Chain({"ACCEPT": "accept", "DROP": "drop"}.get(policy["policy"]))
        elif new:
            chains[new["chain"]] = Chain(None)
        elif line.lstrip("[0123456789:] ").startswith("-A "):
            count += 1
            if rule:
                chains.setdefault(rule["chain"], Chain(None)).rules.append(_rule(rule["target"], rule["matches"]))
    return _layer(chains, count)


def read_listing(text: str) -> Layer:
    """Return what the chains of `iptables -L` do with inbound traffic.

    The short listing hides which interface a rule is for, so an `ACCEPT all` in it may mean the loopback interface
    alone and is not taken as general.

    Raises:
        BadOutput: there is no INPUT chain.
    """
    chains: dict[str, Chain] = {}
    current, heads, count = Chain(None), [""], 0
    for line in text.splitlines():
        chain = _LISTED_CHAIN.fullmatch(line.strip())
        words = line.split()
        if chain:
            policy = chain["policy"]
            current = chains[chain["chain"]] = Chain(policy.lower() if policy else None)
        elif "target" in words and "source" in words:
            heads = words
        elif words and words[0] != "Chain":
            count += 1
            current.rules.append(_listed_rule(words, heads))
    return _layer(chains, count)


def _layer(chains: dict[str, Chain], count: int) -> Layer:
    base = chains.get("INPUT")
    if base is None or base.policy is None:
        raise BadOutput("the iptables output has no INPUT chain with a policy")
    blocks = blocks_inbound(base, chains)
    return Layer(SYSTEM, MANAGER, blocks, "block" if blocks else "allow", rules=count)


def _filter_table(text: str) -> list[str]:
    """Return the lines of the filter table; `iptables -S` shows only that one."""
    lines = [line.strip() for line in text.splitlines()]
    if "*filter" not in lines:
        return lines
    inside = lines[lines.index("*filter") + 1 :]
    if "COMMIT" not in inside:
        raise BadOutput("the iptables output is cut off")
    return inside[: inside.index("COMMIT")]


def _rule(target: str, matches: str) -> Rule:
    if target in _NO_VERDICT:
        return Rule("")
    verdict = _VERDICTS.get(target, "jump")
    rest = matches if verdict in ("accept", "return") else _GENERAL.sub("", matches)
    return Rule(verdict, target if verdict == "jump" else "", not rest.strip())


def _listed_rule(words: list[str], heads: list[str]) -> Rule:
    if len(words) < len(heads) or "target" not in heads:
        return Rule("")
    values = dict(zip(heads, words, strict=False))
    target = values["target"]
    if target in _NO_VERDICT:
        return Rule("")
    verdict = _VERDICTS.get(target, "jump")
    extra = " ".join(words[len(heads) :])
    options = re.sub(r"/\* .*? \*/|reject-with \S+|(?:ct)?state (?:\S+,)?NEW(?:,\S+)?", "", extra).strip()
    anywhere = values.get("source") in _ANYWHERE and values.get("destination") in _ANYWHERE
    interface = values.get("in", "*") == "*"
    # Without the interface column an accepting rule may be for one interface only.
    told = "in" in heads or verdict in ("drop", "jump")
    general = values.get("prot") in ("all", "0") and anywhere and interface and told and not options
    return Rule(verdict, target if verdict == "jump" else "", general)
