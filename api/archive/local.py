"""The archive in a directory, by default."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from api.archive.errors import ArchiveUnavailable
from collectors.text import Text

PART = ".part-"
"""How files begin that are being written. One that stays was left by a process that was killed, and holds nothing."""


class LocalBlobs:
    """Keeps bytes as files below a directory, readable by the owner only and writable by nobody.

    A file gets its name by a hard link when it is whole and on disk. A link never replaces anything, so that of two
    writers one is told that it came second.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Return where a key's file is."""
        return self.root / key

    def put(self, key: str, data: bytes) -> bool:
        """As `Blobs.put`."""
        final = self.path(key)
        part = final.with_name(f"{PART}{uuid4().hex}")
        try:
            _make(final.parent)
            try:
                _write(part, data)
                os.link(part, final)
            except FileExistsError:
                return False
            finally:
                with contextlib.suppress(OSError):
                    part.unlink(missing_ok=True)
            try:
                _sync(final.parent)
            except OSError:
                final.unlink(missing_ok=True)  # what may be gone after a power cut must not be counted on now
                raise
        except OSError as error:
            raise self._unavailable(error) from None
        return True

    def get(self, key: str) -> bytes | None:
        """As `Blobs.get`."""
        try:
            return self.path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise self._unavailable(error) from None

    def list(self, prefix: str) -> Iterator[str]:
        """As `Blobs.list`."""
        for directory, _names, files in os.walk(self.root / prefix):
            for name in files:
                if not name.startswith(PART):
                    yield (Path(directory) / name).relative_to(self.root).as_posix()

    def delete(self, key: str) -> None:
        """As `Blobs.delete`."""
        try:
            self.path(key).unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise self._unavailable(error) from None

    def _unavailable(self, error: OSError) -> ArchiveUnavailable:
        return ArchiveUnavailable(
            Text(
                f"レポートの保管場所 {self.root} を使えません: {error.strerror}。何も変更していません",
                f"the report archive {self.root} cannot be used: {error.strerror}; nothing was changed",
            )
        )


def _make(directory: Path) -> None:
    if directory.is_dir():
        return
    _make(directory.parent)
    with contextlib.suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    _sync(directory.parent)


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with open(descriptor, "wb") as file:  # noqa: PTH123  # of a descriptor
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
