"""What a machine shows of the products, and what that says of each."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import timezone as fixed_zone

from collectors.inputs.service_health.product import LastContact, Product, System, has_words
from collectors.text import Text

_MOST_VERSION_CHARS = 60


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the machine.

    Attributes:
        name: its own name.
        shown: its name for people; "" where there is none.
        running: whether it runs; None if that is not told.
    """

    name: str
    shown: str
    running: bool | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was read of a machine.

    Attributes:
        system: which kind of system it is.
        services: its services.
        processes: names of its processes.
        programs: installed programs of Windows, name to version.
        packages: installed packages of Linux, name to version.
        paths: those of the products' paths that exist.
        contacts: text at a place where a product writes its last contact.
        unread: why a source could not be read.
        whole: whether all sources that tell of products were read.
    """

    system: System
    services: tuple[Service, ...] = ()
    processes: frozenset[str] = frozenset()
    programs: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)
    paths: frozenset[str] = frozenset()
    contacts: Mapping[LastContact, tuple[str, ...]] = field(default_factory=dict)
    unread: tuple[Text, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one product on a machine.

    Attributes:
        product: the product.
        installed: whether it is there; None if that could not be seen.
        running: whether it runs; None if that is not told.
        version: its version; None if not known.
        last_contact: Unix time at which it last reached its server; None if not known.
    """

    product: Product
    installed: bool | None
    running: bool | None = None
    version: str | None = None
    last_contact: int | None = None


def find(product: Product, seen: Evidence, now_s: int, local: fixed_zone | None = None) -> Finding:
    """Return what the evidence says of a product.

    Args:
        product: the product.
        seen: what was read.
        now_s: no contact can be later than a day after this, Unix seconds.
        local: the machine's time zone; the one in force where None.
    """
    services = [each for each in seen.services if product.has_service(each.name, each.shown, seen.system)]
    by_process = bool(seen.processes.intersection(product.processes.on(seen.system)))
    versions = [*_programs(product, seen.programs), *(seen.packages[n] for n in product.packages if n in seen.packages)]
    by_path = bool(seen.paths.intersection(product.paths.on(seen.system)))
    contact = _last_contact(product, seen, now_s, local)
    there = bool(services or by_process or versions or by_path or contact is not None)
    if not there:
        could_tell = seen.whole and product.certain and product.can_be_on(seen.system)
        return Finding(product, False if could_tell else None)
    version = next((each for each in versions if each), None)
    return Finding(product, True, _running(product, services, by_process, seen), version, contact)


def _running(product: Product, services: list[Service], by_process: bool, seen: Evidence) -> bool | None:
    told = [each.running for each in services]
    if by_process or True in told:
        return True
    if told:
        return None if None in told else False
    # Without a service only the processes tell, and only where they are named and could be read.
    return False if product.processes.on(seen.system) and seen.processes and not product.service_display else None


def _programs(product: Product, programs: Mapping[str, str]) -> Iterable[str]:
    return [
        version[:_MOST_VERSION_CHARS]
        for name, version in programs.items()
        if any(has_words(name, words) for words in product.programs)
    ]


def _last_contact(product: Product, seen: Evidence, now_s: int, local: fixed_zone | None) -> int | None:
    times = [
        at
        for contact in product.last_contact
        for text in seen.contacts.get(contact, ())
        if (at := contact_time(contact, text, local)) is not None and 0 < at <= now_s + 86_400
    ]
    return max(times, default=None)


def contact_time(contact: LastContact, text: str, local: fixed_zone | None = None) -> int | None:
    """Return the Unix time in a text that a product wrote; None if it is no time."""
    found = re.search(contact.pattern, text[:200])
    if not found:
        return None
    try:
        year, month, day, hour, minute, second = (
            int(found[part]) for part in ("year", "month", "day", "hour", "minute", "second")
        )
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC if contact.zone == "utc" else local)
        return int(at.timestamp())
    except (ValueError, OverflowError):
        return None
