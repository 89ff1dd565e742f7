"""Until when an operating system gets security updates; the dates are in `os_support.yaml`."""

import functools
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Literal

import msgspec
import yaml

from collectors.text import Text

Edition = Literal["pro", "enterprise", "ltsc", "iot_ltsc", "server"]


class Extension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A paid or registered extension of the support."""

    end: date
    ja: str
    en: str


class WindowsRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One build of Windows, with the last day of security updates for each kind of edition."""

    build: int
    name: str
    version: str
    pro: date | None = None
    enterprise: date | None = None
    ltsc: date | None = None
    iot_ltsc: date | None = None
    server: date | None = None
    extended: Extension | None = None


class LinuxRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One release of a distribution."""

    id: str
    version: str
    end: date
    ja: str = ""
    en: str = ""
    extended: Extension | None = None


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    as_of: date
    sources: tuple[str, ...]
    windows_client: tuple[WindowsRelease, ...]
    windows_server: tuple[WindowsRelease, ...]
    linux: tuple[LinuxRelease, ...]


@dataclass(frozen=True, slots=True)
class Support:
    """Until when a release is supported.

    Attributes:
        version: the release's usual name: 22H2, 2019, 12.
        end: last day of security updates that everybody gets; None where it depends on an edition that is not known.
        note: a remark, such as an extension.
        extended_end: last day for those with the extension; None where there is none.
    """

    version: str
    end: date | None
    note: Text | None = None
    extended_end: date | None = None


@functools.cache
def table() -> Table:
    """Return the table."""
    text = resources.files(__package__).joinpath("os_support.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), Table)


def windows_support(build: int, edition: Edition | None) -> Support | None:
    """Return the support of a Windows build; None if the build is not in the table.

    Args:
        build: e.g. 19045.
        edition: None if it is not known; then a date is given only where it is the same for Pro and Enterprise.
    """
    releases = table().windows_server if edition == "server" else table().windows_client
    found = next((each for each in releases if each.build == build), None)
    if found is None:
        return None
    # The extension is for the general channels; the long-term ones have their own dates.
    extended = found.extended if edition not in ("ltsc", "iot_ltsc") else None
    end = _same(found.pro, found.enterprise) if edition is None else getattr(found, edition)
    return Support(found.version, end, _note(extended), extended.end if extended else None)


def linux_support(identity: str, version: str) -> Support | None:
    """Return the support of a Linux release by ID and VERSION_ID of os-release; None if it is not in the table."""
    found = next((each for each in table().linux if each.id == identity and _matches(each, version)), None)
    if found is None:
        return None
    own = Text(found.ja, found.en) if found.ja else None
    return Support(version, found.end, own or _note(found.extended), found.extended.end if found.extended else None)


def edition_of(name: str) -> Edition | None:
    """Return the kind of edition from an EditionID (Professional, EnterpriseS) or a caption; None if it tells none."""
    lowered = name.lower().replace(" ", "")
    if "server" in lowered and "serverrdsh" not in lowered:
        return "server"
    long_term = any(mark in lowered for mark in ("ltsc", "ltsb")) or lowered in _LONG_TERM_IDS
    if long_term:
        return "iot_ltsc" if "iot" in lowered else "ltsc"
    if any(mark in lowered for mark in ("enterprise", "education", "serverrdsh")) and "proeducation" not in lowered:
        return "pro" if "professionaleducation" in lowered else "enterprise"
    return "pro" if any(mark in lowered for mark in ("pro", "home", "core")) else None


_LONG_TERM_IDS = frozenset({"enterprises", "enterprisesn", "iotenterprises", "iotenterprisesk", "enterprisesneval"})


def _same(first: date | None, second: date | None) -> date | None:
    return first if first == second else None


def _note(extended: Extension | None) -> Text | None:
    return Text(extended.ja, extended.en) if extended else None


def _matches(release: LinuxRelease, version: str) -> bool:
    if release.id in ("debian", "ubuntu", "amzn"):
        return release.version == version
    return release.version == version.split(".", 1)[0]
