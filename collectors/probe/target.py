"""Where and how to ask one device over SNMP. Plain data: the configuration module and the command line make these."""

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum

DEFAULT_PORT = 161


class SnmpVersion(StrEnum):
    """SNMP message versions; the values are what people write (`snmp_version = "2c"`)."""

    V1 = "1"
    V2C = "2c"
    V3 = "3"


class AuthProtocol(StrEnum):
    """SNMPv3 authentication protocols: RFC 3414 (MD5, SHA), RFC 7860 (SHA-2)."""

    MD5 = "MD5"
    SHA = "SHA"
    SHA224 = "SHA224"
    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class PrivProtocol(StrEnum):
    """SNMPv3 privacy protocols: RFC 3414 (DES), RFC 3826 (AES); AES192 and AES256 as Cisco and net-snmp do them."""

    DES = "DES"
    AES = "AES"
    AES192 = "AES192"
    AES256 = "AES256"


@dataclass(frozen=True, slots=True)
class V3Credentials:
    """Who asks, for SNMPv3's user-based security model (RFC 3414).

    Attributes:
        user: user name.
        auth_key: authentication pass phrase, 8 characters or more; "" means no authentication.
        auth_protocol: used where `auth_key` is set.
        priv_key: privacy pass phrase, 8 characters or more; "" means no encryption.
        priv_protocol: used where `priv_key` is set.
        context_name: RFC 3411 context; nearly always "".

    Raises:
        ValueError: a key is too short, or privacy is asked for without authentication.
    """

    user: str
    auth_key: str = field(default="", repr=False)
    auth_protocol: AuthProtocol = AuthProtocol.SHA
    priv_key: str = field(default="", repr=False)
    priv_protocol: PrivProtocol = PrivProtocol.AES
    context_name: str = ""

    def __post_init__(self) -> None:
        if not self.user:
            raise ValueError("SNMPv3 needs a user name")
        for name, key in (("auth key", self.auth_key), ("priv key", self.priv_key)):
            if key and len(key) < 8:
                raise ValueError(f"the SNMPv3 {name} must have 8 characters or more (RFC 3414 section 11.2)")
        if self.priv_key and not self.auth_key:
            raise ValueError("SNMPv3 encrypts only what it authenticates: give an auth key too")


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """One device to ask over SNMP.

    Attributes:
        host: address or name.
        port: UDP port.
        version: SNMP message version.
        community: for versions 1 and 2c.
        v3: for version 3.
        timeout_s: seconds to wait for one answer.
        retries: how often a question is repeated after the first time.
        name: what people call the device; "" where nobody named it.

    Raises:
        ValueError: version 3 without credentials, or a number that makes no sense.
    """

    host: str
    port: int = DEFAULT_PORT
    version: SnmpVersion = SnmpVersion.V2C
    community: str = field(default="public", repr=False)
    v3: V3Credentials | None = None
    timeout_s: float = 2.0
    retries: int = 1
    name: str = ""

    def __post_init__(self) -> None:
        if not self.host:
            raise ValueError("a target needs a host")
        if not 0 < self.port < 65536:
            raise ValueError(f"port {self.port} is not between 1 and 65535")
        if self.timeout_s <= 0:
            raise ValueError(f"timeout {self.timeout_s:g} s is not more than 0")
        if self.retries < 0:
            raise ValueError(f"retries {self.retries} is less than 0")
        if self.version is SnmpVersion.V3 and self.v3 is None:
            raise ValueError("SNMP version 3 needs a user and its keys")

    @property
    def address(self) -> str:
        """Host and port as people write them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def label(self) -> str:
        """The device's name with its address, or the address alone."""
        return f"{self.name} ({self.address})" if self.name else self.address


_HOST_PORT = re.compile(r"(?:\[(?P<bracketed>[^\]]+)\]|(?P<plain>[^:\[\]\s]+))(?::(?P<port>\d{1,5}))?")


def split_address(text: str) -> tuple[str, int]:
    """Return host and port of `HOST`, `HOST:PORT`, `[IPv6]`, `[IPv6]:PORT` or a bare IPv6 address.

    Raises:
        ValueError: the text has none of these forms.
    """
    if _is_ipv6(text.strip()):
        return text.strip(), DEFAULT_PORT
    found = _HOST_PORT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not HOST, HOST:PORT or [IPv6]:PORT")
    port = int(found["port"] or DEFAULT_PORT)
    if not 0 < port < 65536:
        raise ValueError(f"port {port} is not between 1 and 65535")
    return found["bracketed"] or found["plain"], port


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False
