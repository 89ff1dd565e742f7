"""Devices as they answer on a LAN, for tests: `python responder.py ADDRESS sip netbios …` serves the roles named.

It prints "ready" when all sockets are open, and serves until its standard input ends.
"""

import http.server
import socket
import struct
import sys
import threading
from collections.abc import Callable

Answer = Callable[[bytes, tuple[str, int]], list[bytes]]

SIP_HEADERS = ("Via", "From", "To", "Call-ID", "CSeq")


def sip(data: bytes, _source: tuple[str, int]) -> list[bytes]:
    lines = data.decode().split("\r\n")
    if not lines[0].startswith("OPTIONS "):
        return []
    kept = [line for line in lines[1:] if line.partition(":")[0] in SIP_HEADERS]
    own = ["Server: Asterisk PBX 18.10.0", "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REGISTER", "Content-Length: 0"]
    return ["\r\n".join(["SIP/2.0 200 OK", *kept, *own, "", ""]).encode()]


NETBIOS_NAMES = (("KEIRI-PC1", 0x00, 0x0400), ("SOUMU", 0x00, 0x8400), ("KEIRI-PC1", 0x20, 0x0400))


def node_status(identifier: bytes, names: tuple[tuple[str, int, int], ...], mac: bytes) -> bytes:
    """Write a node status response as RFC 1002 section 4.2.18 draws it."""
    encoded = b"\x20CK" + b"A" * 30 + b"\0"
    entries = b"".join(n.encode("cp932").ljust(15) + bytes([s]) + struct.pack("!H", flags) for n, s, flags in names)
    body = bytes([len(names)]) + entries + mac + b"\0" * 40
    return (
        identifier
        + struct.pack("!HHHHH", 0x8400, 0, 1, 0, 0)
        + encoded
        + struct.pack("!HHIH", 0x21, 1, 0, len(body))
        + body
    )


def netbios(data: bytes, _source: tuple[str, int]) -> list[bytes]:
    return [node_status(data[:2], NETBIOS_NAMES, bytes.fromhex("0080770a0b0c"))] if data[46:48] == b"\0\x21" else []


def dns_name(name: str) -> bytes:
    return b"".join(bytes([len(part.encode())]) + part.encode() for part in name.split(".") if part) + b"\0"


def record(name: bytes, kind: int, data: bytes) -> bytes:
    return name + struct.pack("!HHIH", kind, 1, 120, len(data)) + data


def mdns_response(identifier: bytes, instance: str, service: str, host: str, texts: tuple[str, ...]) -> bytes:
    """Write a response with PTR, SRV and TXT as RFC 6763 section 12.1 advises."""
    label = bytes([len(instance.encode())]) + instance.encode()
    full = label + dns_name(f"{service}.local")
    text = b"".join(bytes([len(each.encode())]) + each.encode() for each in texts)
    srv = struct.pack("!HHH", 0, 0, 631) + dns_name(f"{host}.local")
    answers = [
        record(dns_name(f"{service}.local"), 12, full),
        record(full, 33, srv),
        record(full, 16, text),
    ]
    return identifier + struct.pack("!HHHHH", 0x8400, 0, len(answers), 0, 0) + b"".join(answers)


def mdns(data: bytes, _source: tuple[str, int]) -> list[bytes]:
    if data[2] & 0x80 or b"\x04_ipp\x04_tcp" not in data:
        return []
    return [
        mdns_response(data[:2], "2階 ラベルプリンター", "_ipp._tcp", "label2f", ("ty=QL-820NWB", "usb_MFG=Brother"))
    ]


def ssdp(data: bytes, _source: tuple[str, int]) -> list[bytes]:
    if not data.startswith(b"M-SEARCH"):
        return []
    lines = (
        "HTTP/1.1 200 OK",
        "ST: upnp:rootdevice",
        "USN: uuid:1b2c::upnp:rootdevice",
        f"LOCATION: http://{LOCAL_ADDRESS}:49152/desc.xml",
        "SERVER: Linux/4.4 UPnP/1.0 Router/1.0",
        "",
        "",
    )
    elsewhere = "\r\n".join(lines).replace(LOCAL_ADDRESS, "192.0.2.77")
    return ["\r\n".join(lines).encode(), elsewhere.encode()]


DESCRIPTION = """<?xml version="1.0"?><root><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<friendlyName>本社ルーター</friendlyName><manufacturer>Example &amp; Sons</manufacturer>
<modelName>XR-500</modelName><serialNumber>XR500-00042</serialNumber></device></root>"""

LOCAL_ADDRESS = ""
UDP: dict[str, tuple[int, str, Answer]] = {
    "sip": (5060, "", sip),
    "netbios": (137, "", netbios),
    "mdns": (5353, "224.0.0.251", mdns),
    "ssdp": (1900, "239.255.255.250", ssdp),
}


class Page(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "nginx/1.24.0", ""

    def do_GET(self) -> None:  # http.server's name
        body = DESCRIPTION if self.path == "/desc.xml" else "<html><title>社内 掲示板</title></html>"
        data = body.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


HTTP = {"http": 80, "description": 49152}


def serve_udp(port: int, group: str, answer: Answer, address: str) -> None:
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    own.bind(("" if group else address, port))
    if group:
        own.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + socket.inet_aton(address))

    def loop() -> None:
        while True:
            data, source = own.recvfrom(65535)
            for each in answer(data, source):
                own.sendto(each, source)

    threading.Thread(target=loop, daemon=True).start()


def main(address: str, roles: list[str]) -> None:
    global LOCAL_ADDRESS
    LOCAL_ADDRESS = address
    for role in roles:
        if role in UDP:
            serve_udp(*UDP[role], address)
        else:
            server = http.server.ThreadingHTTPServer((address, HTTP[role]), Page)
            threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
