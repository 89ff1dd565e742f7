"""Finding SIP endpoints: telephones, PBXes, gateways."""

from typing import Final

from collectors.probe.discovery.sighting import Sighting, Source
from collectors.probe.discovery.udp import UdpQuestion
from collectors.probe.discovery.words import clean
from collectors.probe.sip import PORT, options, parse_answer

REGISTRAR: Final = "sip:registrar"
ENDPOINT: Final = "sip"


def request(host: str, local_port: int) -> bytes:
    """Return the OPTIONS request for a host."""
    return options(host, PORT, local_port)


def sighting(data: bytes, address: str) -> Sighting | None:
    """Return what an OPTIONS answer tells; None for a datagram that is none.

    An endpoint that allows REGISTER takes registrations (RFC 3261 section 10): telephones do not.
    """
    answer = parse_answer(data)
    if answer is None:
        return None
    services = {ENDPOINT, REGISTRAR} if "REGISTER" in answer.methods else {ENDPOINT}
    product = clean(answer.product)
    return Sighting(address, Source.SIP, services=frozenset(services), texts=(product,) if product else ())


QUESTION: Final = UdpQuestion(Source.SIP, PORT, request, sighting)
