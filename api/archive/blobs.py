"""The seam between the archive and whatever keeps its bytes."""

from collections.abc import Iterator
from typing import Protocol


class Blobs(Protocol):
    """Keeps bytes under keys such as `c-7k2m9x4tqa/objects/ab12…`. What is there is never replaced.

    Every method raises `ArchiveUnavailable` where the store is full, away or refuses.
    """

    def put(self, key: str, data: bytes) -> bool:
        """Keep bytes, whole and durably, or not at all.

        Returns:
            False where there already is something under the key, which stays as it is. Of several that put at once
            exactly one gets True.
        """
        ...

    def get(self, key: str) -> bytes | None:
        """Return what is kept, or None."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that begin with a prefix, which ends with "/" or is empty; in no order."""
        ...

    def delete(self, key: str) -> None:
        """Take away what is kept; harmless where there is nothing."""
        ...
