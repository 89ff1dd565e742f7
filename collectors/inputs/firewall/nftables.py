"""nftables: `nft --json list ruleset` (or `list table`), and the text form of `nft list ruleset`.

Source: libnftables-json(5), nft(8).
"""

import re
from collections.abc import Iterator

from collectors.input import BadOutput
from collectors.inputs.firewall.layer import SYSTEM, Layer
from collectors.inputs.firewall.ruleset import Chain, Rule, blocks_inbound
from collectors.json_text import Record, load_json

MANAGER = "nftables"

_VERDICTS = {"accept": "accept", "drop": "drop", "reject": "drop", "jump": "jump", "goto": "jump", "return": "return"}
_TABLE = re.compile(r"table (?:(?P<family>\w+) )?(?P<name>\S+) \{(?: #.*)?")
_CHAIN = re.compile(r"chain (?P<name>\S+) \{(?: #.*)?")
_BASE = re.compile(r"type filter hook (?P<hook>\w+) .*?;(?:\s*policy (?P<policy>\w+);)?.*")
_WORD_VERDICT = re.compile(r"(?P<verdict>accept|drop|reject|return|jump|goto)\b(?: (?P<target>[\w.-]+))?")
_GENERAL_WORDS = re.compile(r"(?:ct state (?:new|untracked|\{[^}]*\bnew\b[^}]*\}|\S*new\S*)|i(?:if|ifname) != \S+)\s*")

_Chains = dict[tuple[str, str, str], tuple[Chain, bool]]
"""(family, table, chain) to the chain and whether it filters at the input hook."""


def is_json(text: str) -> bool:
    """Tell whether a text looks like the JSON of nft."""
    return text.lstrip("\ufeff \r\n").startswith("{") and '"nftables"' in text[:200]


def is_text(text: str) -> bool:
    """Tell whether a text looks like `nft list ruleset`."""
    return _TABLE.match(text.lstrip("\ufeff \r\n")) is not None


def read_json(text: str) -> Layer:
    """Return what a ruleset in JSON does with inbound traffic.

    Raises:
        BadOutput: it is damaged, cut off, or no ruleset.
    """
    loaded = load_json(text)
    listed = loaded.get("nftables") if isinstance(loaded, dict) else None
    if not isinstance(listed, list):
        raise BadOutput("the JSON holds no nftables ruleset")
    chains: _Chains = {}
    count = 0
    for chain in _objects(listed, "chain"):
        is_input = chain.get("hook") == "input" and chain.get("type") == "filter"
        policy = chain.get("policy")
        chains[_key(chain, "name")] = (Chain(policy if isinstance(policy, str) else None), is_input)
    for rule in _objects(listed, "rule"):
        count += 1
        key = _key(rule, "chain")
        expressions = rule.get("expr")
        if key in chains and isinstance(expressions, list):
            chains[key][0].rules.append(_json_rule(expressions))
    return _layer(chains, count)


def read_text(text: str) -> Layer:
    """Return what a ruleset in text does with inbound traffic.

    Raises:
        BadOutput: its braces do not close, so it is cut off.
    """
    if text.count("{") != text.count("}") or not text.rstrip().endswith("}"):
        raise BadOutput("the nftables ruleset is cut off")
    chains: _Chains = {}
    table, current, count = ("", ""), "", 0
    for line in (raw.strip() for raw in text.splitlines()):
        found_table, found_chain = _TABLE.fullmatch(line), _CHAIN.fullmatch(line)
        if found_table:
            table = (found_table["family"] or "ip", found_table["name"])
        elif found_chain:
            current = found_chain["name"]
            chains[(*table, current)] = (Chain(None), False)
        elif line == "}":
            current = ""
        elif current and line.startswith("type "):
            base = _BASE.fullmatch(line)
            if base:
                chains[(*table, current)] = (Chain(base["policy"] or "accept"), base["hook"] == "input")
        elif current and line:
            count += 1
            chains[(*table, current)][0].rules.append(_text_rule(line))
    return _layer(chains, count)


def _layer(chains: _Chains, rules: int) -> Layer:
    blocks = False
    for (family, table, _), (chain, is_input) in chains.items():
        if is_input:
            beside = {key[2]: each for key, (each, _) in chains.items() if key[:2] == (family, table)}
            blocks = blocks or blocks_inbound(chain, beside)
    return Layer(SYSTEM, MANAGER, blocks, "block" if blocks else "allow", rules=rules)


def _objects(listed: list[object], kind: str) -> Iterator[Record]:
    for each in listed:
        found = each.get(kind) if isinstance(each, dict) else None
        if isinstance(found, dict):
            yield found


def _key(record: Record, name: str) -> tuple[str, str, str]:
    return str(record.get("family")), str(record.get("table")), str(record.get(name))


def _json_rule(expressions: list[object]) -> Rule:
    verdict, target, general = "", "", True
    for expression in expressions:
        if not isinstance(expression, dict) or len(expression) != 1:
            return Rule("")
        ((kind, value),) = expression.items()
        if kind in _VERDICTS:
            verdict = _VERDICTS[kind]
            target = str(value.get("target")) if isinstance(value, dict) else ""
        elif kind == "match":
            general = general and _is_general(value)
        elif kind not in ("counter", "log", "comment"):
            # A limit, a set look-up or a map: the rule does not hold for every packet.
            general = False
    if verdict == "accept" and any(isinstance(each, dict) and "match" in each for each in expressions):
        general = False
    return Rule(verdict, target, general)


def _is_general(match: object) -> bool:
    """Tell whether a match still lets every new packet from outside through to the verdict."""
    left = match.get("left") if isinstance(match, dict) else None
    if not isinstance(match, dict) or not isinstance(left, dict) or len(left) != 1:
        return False
    ((kind, what),) = left.items()
    key = what.get("key") if isinstance(what, dict) else None
    right, operator = match.get("right"), match.get("op")
    if kind == "ct" and key == "state":
        states = right.get("set") if isinstance(right, dict) else right
        return operator in ("in", "==") and (states == "new" or (isinstance(states, list) and "new" in states))
    return kind == "meta" and key in ("iif", "iifname") and operator == "!=" and right == "lo"


def _text_rule(line: str) -> Rule:
    body = re.sub(r'\s*comment ".*"|\s*counter(?: packets \d+ bytes \d+)?|\s*log(?: \w+ (?:"[^"]*"|\w+))*', "", line)
    verdicts = list(_WORD_VERDICT.finditer(body))
    if not verdicts:
        return Rule("")
    found = verdicts[-1]
    before = body[: found.start()]
    general = not before.strip() or (
        found["verdict"] not in ("accept", "return") and not _GENERAL_WORDS.sub("", before).strip()
    )
    target = (found["target"] or "") if found["verdict"] in ("jump", "goto") else ""
    return Rule(_VERDICTS[found["verdict"]], target, general)
