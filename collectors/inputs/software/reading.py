"""What was read of the installed software, and what could not be."""

from dataclasses import dataclass

from collectors.inventory import SoftwareItem
from collectors.text import Text

Part = tuple[str, str]
"""A part of the list that is read on its own: source and scope of its items."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The list as far as it could be read.

    Attributes:
        items: what is installed.
        source: where it was read, for people: "registry", "dpkg, snap" …
        unread: why parts of the list could not be read; empty if all was.
        unseen: parts that were not, or not wholly, read: what is missing of them has not been removed. That is no
            fault where it is so by nature (the settings of a user who is not signed in).
    """

    items: tuple[SoftwareItem, ...] = ()
    source: str = ""
    unread: tuple[Text, ...] = ()
    unseen: frozenset[Part] = frozenset()

    def misses(self, item: SoftwareItem) -> bool:
        """Tell whether an item that stood in the last list may still be there, unseen."""
        return (item.source, item.scope) in self.unseen
