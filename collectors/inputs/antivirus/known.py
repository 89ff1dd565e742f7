"""The antivirus products that are recognised by service or process; the list itself is `products.yaml`."""

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from importlib import resources
from typing import Literal

import msgspec
import yaml

from collectors.inputs.antivirus.product import Mode, Product
from collectors.json_text import Record
from collectors.scalar import as_int, as_text

System = Literal["windows", "linux", "macos"]


class DateValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registry value that holds a date; `pattern` has the groups year, month and day."""

    value: str
    pattern: str


class RegistryPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key under HKEY_LOCAL_MACHINE in which a product writes its own state."""

    key: str
    definitions: DateValue | None = None
    version: str | None = None
    realtime: str | None = None


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of a thing on each system."""

    windows: tuple[str, ...] = ()
    linux: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()


class KnownProduct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of `products.yaml`."""

    name: str
    display: tuple[str, ...]
    services: Names = Names()
    service_display: tuple[str, ...] = ()
    processes: Names = Names()
    definitions: bool = True
    registry: tuple[RegistryPlace, ...] = ()

    def has_service(self, name: str, system: System) -> bool:
        """Tell whether a service of that name is this product's."""
        names: tuple[str, ...] = getattr(self.services, system)
        return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in names)


@functools.cache
def known_products() -> tuple[KnownProduct, ...]:
    """Return the list, in the order of the file."""
    text = resources.files(__package__).joinpath("products.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), tuple[KnownProduct, ...])


def named(display_name: str) -> KnownProduct | None:
    """Return the product that a display name belongs to, by its longest matching part; None if none matches."""
    matches = [
        (len(part), each) for each in known_products() for part in each.display if _has_words(display_name, part)
    ]
    return max(matches, key=lambda match: match[0])[1] if matches else None


def by_windows_service(services: Iterable[Record], registry: Iterable[Record], now_ns: int) -> list[Product]:
    """Return the known products among Windows services (name, displayname, state), with what their registry says."""
    states: dict[str, tuple[KnownProduct, list[str]]] = {}
    for service in services:
        product = _of_windows_service(service)
        if product:
            state = as_text(service.get("state", service.get("status"))) or ""
            states.setdefault(product.name, (product, []))[1].append(state.lower())
    places = _registry_values(registry)
    return [_with_own_state(_from_states(known, found), known, places, now_ns) for known, found in states.values()]


def enriched(product: Product, registry: Iterable[Record], now_ns: int) -> Product:
    """Return a product of Security Center together with what its own registry key says."""
    known = named(product.name)
    return product if known is None else _with_own_state(product, known, _registry_values(registry), now_ns)


def by_unix(services: Mapping[str, str], processes: Iterable[str], system: System) -> list[Product]:
    """Return the known products among services (name to ActiveState of systemd) and running processes."""
    running = set(processes)
    found: list[Product] = []
    for known in known_products():
        states = [state for name, state in services.items() if known.has_service(name, system)]
        names: tuple[str, ...] = getattr(known.processes, system)
        if states:
            found.append(_from_states(known, ["running" if state == "active" else state for state in states]))
        elif running.intersection(names):
            found.append(Product(known.name, "process", Mode.ON, needs_definitions=known.definitions))
    return found


def _of_windows_service(service: Record) -> KnownProduct | None:
    name, shown = as_text(service.get("name")) or "", as_text(service.get("displayname")) or ""
    return next(
        (
            each
            for each in known_products()
            if each.has_service(name, "windows") or any(_has_words(shown, part) for part in each.service_display)
        ),
        None,
    )


def _has_words(text: str, part: str) -> bool:
    """Tell whether a part stands in a text as words of its own, whatever their case."""
    return re.search(rf"(?<![a-z0-9]){re.escape(part.lower())}(?![a-z0-9])", text.lower()) is not None


def _from_states(known: KnownProduct, states: list[str]) -> Product:
    """One running service is enough; a product all of whose services are stopped is off."""
    running = "running" in states
    stopped = all(state in ("stopped", "inactive", "failed", "deactivating") for state in states)
    mode = Mode.ON if running else Mode.OFF if stopped else Mode.UNKNOWN
    return Product(known.name, "service", mode, needs_definitions=known.definitions)


def _registry_values(registry: Iterable[Record]) -> dict[tuple[str, str], object]:
    return {(_lowered(each.get("key")), _lowered(each.get("name"))): each.get("value") for each in registry}


def _lowered(value: object) -> str:
    return value.lower() if isinstance(value, str) else ""


def _with_own_state(
    product: Product, known: KnownProduct, values: Mapping[tuple[str, str], object], now_ns: int
) -> Product:
    for place in known.registry:
        key = place.key.lower()
        version = as_text(values.get((key, (place.version or "").lower())), limit=40)
        realtime = as_int(values.get((key, (place.realtime or "").lower())))
        built = (
            _date(values.get((key, place.definitions.value.lower())), place.definitions) if place.definitions else None
        )
        age = _age_days(built, now_ns) if built else None
        product = replace(
            product,
            version=version or product.version,
            realtime=realtime == 1 if realtime in (0, 1) else product.realtime,
            definitions_date=built if age is not None else product.definitions_date,
            definitions_age_days=age if age is not None else product.definitions_age_days,
        )
    return product


def _date(value: object, form: DateValue) -> date | None:
    found = re.fullmatch(form.pattern, value.strip()) if isinstance(value, str) else None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None


def _age_days(built: date, now_ns: int) -> float | None:
    days = now_ns // 86_400_000_000_000 - (built - date(1970, 1, 1)).days
    return float(max(days, 0)) if -1 <= days < 36_500 else None
