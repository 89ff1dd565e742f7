"""Connections to addresses that were checked, with an end to all patience."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.channels.guard import Guard, Target
from api.told import ToldError
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, seconds.

    Attributes:
        connect_s: for a connection, each address.
        silence_s: for a sign of life.
        whole_s: for all of one message, name look-up and connection included.
    """

    connect_s: float = 10
    silence_s: float = 20
    whole_s: float = 60


class NotReached(ToldError):
    """No answer, or none that could be used, came from a service; it may be there later."""


def not_reached(host: str, error: BaseException) -> NotReached:
    """Return why a host gave no answer, in words without addresses of ours and without secrets."""
    if isinstance(error, TimeoutError):
        return NotReached(Text(f"{host} が時間内に応答しませんでした", f"{host} did not answer in time"))
    if isinstance(error, http.client.HTTPException | ConnectionResetError | ssl.SSLEOFError):
        return NotReached(Text(f"{host} との通信が途切れました", f"the connection to {host} broke off"))
    if isinstance(error, ConnectionRefusedError):
        return NotReached(Text(f"{host} が接続を受け付けません", f"{host} refuses connections"))
    said = getattr(error, "verify_message", None) or getattr(error, "strerror", None) or type(error).__name__
    return NotReached(Text(f"{host} と通信できません（{said}）", f"{host} cannot be reached: {said}"))


class Deadline:
    """An end after which every connection that it watches is cut, whatever trickles in."""

    def __init__(self, whole_s: float) -> None:
        self._end = time.monotonic() + whole_s

    @property
    def left_s(self) -> float:
        """How long there is; 0 when it is over."""
        return max(0.0, self._end - time.monotonic())

    @contextmanager
    def watching(self, connection: socket.socket) -> Iterator[None]:
        """Cut a connection at the deadline, if it is still in use then.

        A time-out of the socket would not do: it begins anew with every byte.

        Raises:
            TimeoutError: it was cut.
        """
        # A duplicate, as shutting down a socket that is wrapped in TLS would unwrap it under its reader.
        handle, cut = connection.dup(), threading.Event()

        def end() -> None:
            cut.set()
            with contextlib.suppress(OSError):  # it is closed already
                handle.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(self.left_s, end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception:
            if cut.is_set():
                raise TimeoutError from None
            raise
        finally:
            timer.cancel()
            timer.join()
            handle.close()


def connect(guard: Guard, host: str, port: int, patience: Patience, deadline: Deadline) -> tuple[socket.socket, Target]:
    """Return a connection to a host, and the address that it leads to.

    Args:
        guard: says which addresses may be connected to.
        host: name or address.
        port: of the service.
        patience: how long is waited.
        deadline: of the whole message.

    Raises:
        Forbidden: the host has an address that nothing is sent to.
        Unresolved: it has none now.
        OSError: none of its addresses answers.
    """
    last: OSError = TimeoutError()
    for target in guard.targets(host, port):
        wait_s = min(patience.connect_s, deadline.left_s)
        if wait_s <= 0:
            break
        made = socket.socket(target.family, socket.SOCK_STREAM)
        try:
            made.settimeout(wait_s)
            made.connect(target.address)
            made.settimeout(patience.silence_s)
        except OSError as error:
            made.close()
            last = error
        else:
            return made, target
    raise last
