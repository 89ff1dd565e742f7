"""Where and how to ask one device over SNMP. Plain data: the configuration module and the command line make these."""

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum

from collectors.text import Text

DEFAULT_PORT = 161

_AUTH_KEY, _PRIV_KEY = Text("認証の鍵", "auth key"), Text("暗号の鍵", "priv key")


class TargetError(ValueError):
    """A device cannot be asked in this way; the message is one line for a person.

    Attributes:
        text: the message in both languages; `str()` gives the English one.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


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
        TargetError: a key is too short, or privacy is asked for without authentication.
    """

    user: str
    auth_key: str = field(default="", repr=False)
    auth_protocol: AuthProtocol = AuthProtocol.SHA
    priv_key: str = field(default="", repr=False)
    priv_protocol: PrivProtocol = PrivProtocol.AES
    context_name: str = ""

    def __post_init__(self) -> None:
        if not self.user:
            raise TargetError(Text("SNMPv3にはユーザー名が必要です", "SNMPv3 needs a user name"))
        for name, key in ((_AUTH_KEY, self.auth_key), (_PRIV_KEY, self.priv_key)):
            if key and len(key) < 8:
                raise TargetError(
                    Text(
                        f"SNMPv3の{name.ja}は8文字以上にしてください（RFC 3414 11.2節）",
                        f"the SNMPv3 {name.en} must have 8 characters or more (RFC 3414 section 11.2)",
                    )
                )
        if self.priv_key and not self.auth_key:
            raise TargetError(
                Text(
                    "SNMPv3の暗号化には認証も必要です。認証の鍵も指定してください",
                    "SNMPv3 encrypts only what it authenticates: give an auth key too",
                )
            )


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
        TargetError: version 3 without credentials, or a number that makes no sense.
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
            raise TargetError(Text("機器のアドレスがありません", "a target needs a host"))
        if not self.host.isprintable() or any(each.isspace() for each in self.host):
            raise TargetError(
                Text(
                    f"{self.host!r} はアドレスでも機器名でもありません", f"{self.host!r} is no address and no host name"
                )
            )
        if not 0 < self.port < 65536:
            raise _bad_port(self.port)
        if self.timeout_s <= 0:
            raise TargetError(
                Text(
                    f"待ち時間 {self.timeout_s:g} 秒は0より大きくしてください",
                    f"timeout {self.timeout_s:g} s is not more than 0",
                )
            )
        if self.retries < 0:
            raise TargetError(
                Text(f"再試行回数 {self.retries} は0以上にしてください", f"retries {self.retries} is less than 0")
            )
        if self.version is SnmpVersion.V3 and self.v3 is None:
            raise TargetError(Text("SNMPv3にはユーザー名と鍵が必要です", "SNMP version 3 needs a user and its keys"))

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
        TargetError: the text has none of these forms.
    """
    if _is_ipv6(text.strip()):
        return text.strip(), DEFAULT_PORT
    found = _HOST_PORT.fullmatch(text.strip())
    if not found:
        raise TargetError(
            Text(
                f"{text!r} は HOST、HOST:PORT、[IPv6]:PORT のどれでもありません",
                f"{text!r} is not HOST, HOST:PORT or [IPv6]:PORT",
            )
        )
    port = int(found["port"] or DEFAULT_PORT)
    if not 0 < port < 65536:
        raise _bad_port(port)
    return found["bracketed"] or found["plain"], port


def _bad_port(port: int) -> TargetError:
    return TargetError(Text(f"ポート {port} は1から65535の範囲にありません", f"port {port} is not between 1 and 65535"))


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False
