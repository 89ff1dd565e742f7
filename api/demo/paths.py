"""What the probe reaches from the simulated site: the internet, a name server, the IP-PBX over SIP."""

from dataclasses import dataclass

from api.demo.incidents import OFFICE
from api.demo.noise import unit
from api.demo.office import Office
from collectors.point import FieldValue, Point
from collectors.text import Text
from collectors.verdict import State, Verdict

NS = 10**9
_ASKED = 5
_REACHED = Verdict(State.OK, "ok", Text("応答があります", "it answers"))
_LOST = Verdict(State.BAD, "no_answer", Text("応答がありません", "it does not answer"))


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the site's settings.

    Attributes:
        name: in the settings.
        type: how it is made.
        target: what is asked; addresses are those that RFC 5737 reserves for examples.
        typical_ms: usual time to the answer.
        needs: kind and device of the incident in which it fails.
    """

    name: str
    type: str
    target: str
    typical_ms: float
    needs: tuple[str, str]


CHECKS = (
    Check("internet", "icmp", "192.0.2.1", 9.0, ("internet_loss", OFFICE)),
    Check("dns", "dns", "192.0.2.53", 12.0, ("internet_loss", OFFICE)),
    Check("pbx", "sip", "198.51.100.20", 5.0, ("pbx_outage", "pbx")),
)


def reachability(office: Office, moment_s: int) -> list[Point]:
    """Return the outcome of each check."""
    return [_outcome(office, check, moment_s) for check in CHECKS]


def _outcome(office: Office, check: Check, moment_s: int) -> Point:
    tags = {"check": check.name, "type": check.type, "target": check.target}
    if office.active(*check.needs, moment_s):
        lost: dict[str, FieldValue] = {**_LOST.fields(), "sent": _ASKED, "received": 0, "loss_percent": 100.0}
        return Point("reachability", tags, lost, moment_s * NS)
    average = check.typical_ms * (0.8 + 0.6 * unit(office.key("probe", check.name), moment_s))
    fields: dict[str, FieldValue] = {
        **_REACHED.fields(),
        "sent": _ASKED,
        "received": _ASKED,
        "loss_percent": 0.0,
        "minimum_ms": round(average * 0.9, 2),
        "average_ms": round(average, 2),
        "maximum_ms": round(average * 1.2, 2),
    }
    return Point("reachability", tags, fields, moment_s * NS)
