"""A ZIP file that is made while it is sent: what is held is one piece, however long it gets."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

from api.display.tokyo import TOKYO


class _Sink(io.RawIOBase):
    """Takes what the ZIP file's writer writes until it is fetched; it cannot go back, and says so."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        held = bytes(data)  # type: ignore[call-overload]  # anything with bytes in it
        self._held.append(held)
        return len(held)

    def taken(self) -> bytes:
        held, self._held = b"".join(self._held), []
        return held


class ZipStream:
    """Makes a ZIP file in pieces.

    Args:
        now: the time of its files.
    """

    def __init__(self, now: datetime) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)
        self._time = now.astimezone(TOKYO).timetuple()[:6]

    def file(self, name: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Add a file, and yield what of the ZIP file is ready. Nothing else may be added before it is through."""
        about = zipfile.ZipInfo(name, self._time)
        about.compress_type = zipfile.ZIP_DEFLATED
        about.external_attr = 0o600 << 16
        with self._zip.open(about, "w", force_zip64=True) as file:
            for part in parts:
                file.write(part)
                ready = self._sink.taken()
                if ready:
                    yield ready
        yield self._sink.taken()

    def end(self) -> Iterator[bytes]:
        """Yield the rest: the list of the files. Without it the ZIP file does not open, so half a one is noticed."""
        self._zip.close()
        yield self._sink.taken()
