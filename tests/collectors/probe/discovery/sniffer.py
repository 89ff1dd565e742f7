"""Counts where packets leave to: `python sniffer.py` prints "ready", and the destinations when its input ends."""

import json
import socket
import struct
import sys
import threading

ETH_P_ALL = 0x0003
OUTGOING = 4


def main() -> None:
    own = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    counts: dict[str, int] = {}

    def loop() -> None:
        while True:
            data, (_interface, protocol, direction, *_rest) = own.recvfrom(65535)
            if direction != OUTGOING or len(data) < 20:
                continue
            if protocol == 0x0800:
                target = socket.inet_ntoa(struct.unpack_from("!4s", data, 16)[0])
            elif protocol == 0x0806:
                target = f"arp {socket.inet_ntoa(data[24:28])}"
            else:
                continue
            counts[target] = counts.get(target, 0) + 1

    threading.Thread(target=loop, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main()
