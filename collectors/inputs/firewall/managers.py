"""The managers that sit above Linux' packet filter: ufw and firewalld."""

import re

from collectors.input import NoPermission
from collectors.inputs.firewall.layer import SYSTEM, Layer

UFW = "ufw"
FIREWALLD = "firewalld"

_UFW_STATUS = re.compile(r"^(?:Status|状態): (?P<state>\S+)[ \t]*(?:\r?\n|$)", re.MULTILINE)
_UFW_STATES = {"active": True, "inactive": False, "アクティブ": True, "非アクティブ": False}
_UFW_DEFAULT = re.compile(r"^Default: (?P<inbound>\w+) \(incoming\), (?P<outbound>\w+) \(outgoing\)", re.MULTILINE)
_UFW_RULE = re.compile(r".*\S\s+(?:ALLOW|DENY|REJECT|LIMIT)\b.*")
_UFW_CONF = re.compile(r"^ENABLED=(?P<value>yes|no)\s*$", re.MULTILINE | re.IGNORECASE)
_ACTIONS = {"deny": "block", "reject": "block", "allow": "allow"}

_UNIT = re.compile(r"^\W{0,3}(?P<unit>[\w@.-]+)\.service\b")
_ACTIVE = re.compile(r"^\s*Active: (?P<state>[a-z-]+)(?= \(|\s*\n| since)", re.MULTILINE)
_ZONE = re.compile(r"^(?P<zone>[\w-]+)(?: \([^)]*active[^)]*\))?\s*\n(?=  )", re.MULTILINE)
_TARGET = re.compile(r"^  target: (?P<target>\S+)\s*\n", re.MULTILINE)
_FIREWALLD_STATES = {"running": True, "not running": False, "FirewallD is not running": False}


def is_ufw(text: str) -> bool:
    """Tell whether a text is `ufw status`, plain, verbose or numbered."""
    return _UFW_STATUS.match(text.lstrip("\ufeff \r\n")) is not None or "You need to be root" in text


def read_ufw(text: str) -> Layer:
    """Return what `ufw status` tells.

    Raises:
        NoPermission: ufw refused because it was not asked by root.
    """
    if "You need to be root" in text:
        raise NoPermission("ufw tells its state to root only; run the agent as root")
    status = _UFW_STATUS.search(text)
    enabled = _UFW_STATES.get(status["state"]) if status else None
    default = _UFW_DEFAULT.search(text)
    lines = text.split("\n")[:-1]
    rules = sum(1 for line in lines if _UFW_RULE.fullmatch(line.rstrip()) and not line.startswith("Default:"))
    return Layer(
        SYSTEM,
        UFW,
        enabled,
        _ACTIONS.get(default["inbound"]) if default else None,
        _ACTIONS.get(default["outbound"]) if default else None,
        rules=rules if enabled else None,
    )


def read_ufw_conf(text: str) -> Layer:
    """Return what /etc/ufw/ufw.conf tells, which anybody may read: whether ufw is switched on at start-up."""
    found = _UFW_CONF.search(text)
    return Layer(SYSTEM, UFW, found["value"].lower() == "yes" if found else None)


def is_unit_status(text: str) -> bool:
    """Tell whether a text is `systemctl status` of a firewall."""
    found = _UNIT.match(text.lstrip("\ufeff \r\n"))
    return found is not None and found["unit"] in (FIREWALLD, UFW, "nftables", "iptables", "ip6tables")


def read_unit_status(text: str) -> Layer:
    """Return what `systemctl status` of a firewall tells.

    firewalld filters while it runs. The units of ufw, nftables and iptables only load rules once, so their state
    does not tell what the rules are.
    """
    unit = _UNIT.match(text.lstrip("\ufeff \r\n"))
    active = _ACTIVE.search(text)
    name = unit["unit"] if unit else FIREWALLD
    state = active["state"] if active else None
    enabled = {"active": True, "inactive": False, "failed": False}.get(state or "")
    return Layer(SYSTEM, name, enabled if name == FIREWALLD else None)


def is_firewall_cmd(text: str) -> bool:
    """Tell whether a text is `firewall-cmd --state` or `--list-all`, which tells when it does not run."""
    return text.strip() in _FIREWALLD_STATES or (
        _TARGET.search(text) is not None and _ZONE.match(text.lstrip("\ufeff\r\n")) is not None
    )


def read_firewall_cmd(text: str) -> Layer:
    """Return what `firewall-cmd` tells; a zone whose target is ACCEPT lets everything in."""
    word = text.strip()
    if word in _FIREWALLD_STATES:
        return Layer(SYSTEM, FIREWALLD, _FIREWALLD_STATES[word])
    target = _TARGET.search(text)
    inbound = None if target is None else "allow" if target["target"] == "ACCEPT" else "block"
    return Layer(SYSTEM, FIREWALLD, True, inbound)
