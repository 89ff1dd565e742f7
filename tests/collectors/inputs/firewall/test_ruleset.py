import pytest

from collectors.inputs.firewall import iptables, nftables
from collectors.inputs.firewall.ruleset import Chain, Rule, blocks_inbound

DROP, ACCEPT = Rule("drop", general=True), Rule("accept", general=True)
SOME = Rule("accept")


@pytest.mark.parametrize(
    ("policy", "rules", "blocks"),
    [
        ("accept", [], False),
        ("drop", [], True),
        ("accept", [SOME, DROP], True),
        ("accept", [Rule("drop")], False),
        ("drop", [ACCEPT, DROP], False),
        ("accept", [Rule("jump", "sub", general=True)], True),
        ("drop", [Rule("return", general=True)], True),
        ("accept", [Rule("jump", "missing", general=True)], False),
    ],
)
def test_it_follows_rules_in_order(policy: str, rules: list[Rule], blocks: bool) -> None:
    assert blocks_inbound(Chain(policy, rules), {"sub": Chain(None, [SOME, DROP])}) is blocks


def test_it_ends_where_chains_jump_in_a_circle() -> None:
    chain = Chain(None, [Rule("jump", "a", general=True)])
    assert blocks_inbound(Chain("accept", [Rule("jump", "a", general=True)]), {"a": chain}) is False


def test_it_does_not_take_a_rule_for_the_loopback_interface_as_general() -> None:
    text = "-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n"
    assert iptables.read_rules(text).enabled is True


@pytest.mark.parametrize(
    ("rule", "blocks"),
    [
        ("drop", True),
        ("counter packets 0 bytes 0 drop", True),
        ('ct state new log prefix "x accept " drop', True),
        ("ct state invalid drop", False),
        ("ip saddr 203.0.113.7 drop", False),
        ('iifname != "lo" reject with icmpx type admin-prohibited', True),
        ("tcp dport 22 accept", False),
        ("jump office", True),
        ("ct state vmap { established : accept, invalid : drop }", False),
    ],
)
def test_it_reads_rules_of_nft_as_text(rule: str, blocks: bool) -> None:
    text = (
        "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority 0; policy accept;\n"
        f"\t\t{rule}\n\t}}\n\tchain office {{\n\t\tdrop\n\t}}\n}}\n"
    )
    assert nftables.read_text(text).enabled is blocks
