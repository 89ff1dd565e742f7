"""The products that are recognised; the list itself is `products.yaml`."""

import functools
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from collectors.input import InputError
from collectors.text import Text

System = Literal["windows", "linux", "macos"]
Category = Literal["mdm", "log", "remote_management", "backup"]
_ID = re.compile(r"[a-z][a-z0-9_]{1,40}")
_MOST_BYTES = 1024 * 1024


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of a thing on each system."""

    windows: tuple[str, ...] = ()
    linux: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()

    def on(self, system: System) -> tuple[str, ...]:
        """Return the names on one system."""
        found: tuple[str, ...] = getattr(self, system)
        return found


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file on each system; "" where there is none."""

    windows: str = ""
    linux: str = ""
    macos: str = ""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name for people."""

    ja: str
    en: str


class LastContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a product writes when it last reached its server.

    Attributes:
        value: name of the registry value, or of the `name=…` line in the file.
        pattern: regular expression of the time, with groups year, month, day, hour, minute, second.
        registry: key under HKEY_LOCAL_MACHINE; `*` stands for any one key.
        file: path of the file.
        zone: whether the time is UTC or the machine's own.
    """

    value: str
    pattern: str
    registry: str = ""
    file: Place = Place()
    zone: Literal["utc", "local"] = "utc"


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `products.yaml`; the file's head explains the keys."""

    id: str
    name: Words
    category: Category
    sources: tuple[str, ...]
    services: Names = Names()
    service_display: tuple[str, ...] = ()
    processes: Names = Names()
    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    paths: Names = Names()
    last_contact: tuple[LastContact, ...] = ()
    certain: bool = True

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"{self.id!r} is no id: small letters, digits and _ are")
        if not self.sources:
            raise ValueError(f"{self.id} names no source")
        for each in self.last_contact:
            if not {"year", "month", "day", "hour", "minute", "second"} <= set(re.compile(each.pattern).groupindex):
                raise ValueError(f"{self.id}: the pattern of last_contact lacks a part of the time")

    @property
    def text(self) -> Text:
        """Its name for people."""
        return Text(self.name.ja, self.name.en)

    def can_be_on(self, system: System) -> bool:
        """Tell whether there is any way to see it on a system."""
        names = (self.services.on(system), self.processes.on(system), self.paths.on(system))
        own = {"windows": (*self.service_display, *self.programs), "linux": self.packages, "macos": ()}[system]
        return any(names) or bool(own) or any(_readable(each, system) for each in self.last_contact)

    def tells_running(self, system: System) -> bool:
        """Tell whether there is a way to see it run on a system."""
        by_display = self.service_display if system == "windows" else ()
        return bool(self.services.on(system) or self.processes.on(system) or by_display)

    def has_service(self, name: str, shown: str, system: System) -> bool:
        """Tell whether a service of that name, shown to people like that, is this product's."""
        patterns = self.services.on(system)
        if any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns):
            return True
        return system == "windows" and any(has_words(shown, words) for words in self.service_display)


def _readable(contact: LastContact, system: System) -> bool:
    return bool(getattr(contact.file, system)) or (system == "windows" and bool(contact.registry))


def has_words(text: str, words: str) -> bool:
    """Tell whether words stand in a text as words of their own, whatever their case."""
    return re.search(rf"(?<![a-z0-9]){re.escape(words.lower())}(?![a-z0-9])", text.lower()) is not None


@functools.cache
def known_products() -> tuple[Product, ...]:
    """Return the list, in the order of the file."""
    return read_products(resources.files(__package__).joinpath("products.yaml").read_text("utf-8"), "products.yaml")


def with_own(file: str) -> tuple[Product, ...]:
    """Return the known products and those in a file of the provider's own; an id of the file goes before a known one.

    Raises:
        InputError: the file cannot be read or is not right.
    """
    if not file:
        return known_products()
    try:
        with Path(file).open("rb") as source:
            text = source.read(_MOST_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} could not be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None
    own = read_products(text, file)
    names = {each.id for each in own}
    return (*own, *(each for each in known_products() if each.id not in names))


def read_products(text: str, where: str) -> tuple[Product, ...]:
    """Return the products of a YAML text.

    Raises:
        InputError: an entry has an unknown key, lacks one, or an id stands twice.
    """
    try:
        found = msgspec.convert(yaml.safe_load(text), tuple[Product, ...])
    except (msgspec.ValidationError, yaml.YAMLError, re.error) as error:
        raise InputError(f"{where} is not right: {' '.join(str(error).split())[:200]}") from None
    twice = _twice(each.id for each in found)
    if twice:
        raise InputError(f"{where} is not right: the id {twice!r} stands twice")
    return found


def _twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
