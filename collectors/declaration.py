"""How an input declares what it collects.

Every measurement that can be stored is declared beside the code that produces it. The catalogue, the gateway's
allow-list, the public page of what is collected and the checks on dashboards and rules are derived from here.
"""

from dataclasses import dataclass
from enum import StrEnum

from collectors.point import FieldValue, Point
from collectors.text import Text


class FieldType(StrEnum):
    """Value types of InfluxDB's line protocol."""

    FLOAT = "float"
    INTEGER = "integer"
    STRING = "string"
    BOOLEAN = "boolean"

    def accepts(self, value: FieldValue) -> bool:
        """Tell whether a Python value is of this type; a bool is never a number and an int is never a float."""
        return type(value) is _PYTHON_TYPE[self]


_PYTHON_TYPE: dict[FieldType, type] = {
    FieldType.FLOAT: float,
    FieldType.INTEGER: int,
    FieldType.STRING: str,
    FieldType.BOOLEAN: bool,
}


class PersonalData(StrEnum):
    """How far a value can point to a person; decides what an anonymised export leaves out."""

    NONE = "none"
    """Says nothing of a person: a temperature, a byte count."""

    DEVICE = "device"
    """Identifies one machine and so perhaps its user: a serial number, a MAC address, a host name."""

    PERSON = "person"
    """May hold a person's name: a login name, a free-text location."""


class Rollup(StrEnum):
    """How a field is carried into the hourly rollup."""

    GAUGE = "gauge"
    """mean, min and max of the hour."""

    COUNTER = "counter"
    """The last value of the hour; rates are taken from it."""

    STATE = "state"
    """The last value of the hour."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a measurement.

    Attributes:
        name: tag key.
        text: what it tells, for people.
        personal: personal-data class of its values.
        sent_as: another name by which senders that are not ours know it, where that name is a stamped tag; the
            gateway stores it under `name`. Telegraf's `disk` calls its block device `device`.
    """

    name: str
    text: Text
    personal: PersonalData = PersonalData.NONE
    sent_as: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a measurement.

    Attributes:
        name: field key.
        type: line-protocol type.
        text: what it tells, for people.
        unit: unit symbol ("%", "B", "°C", "s" …); "" where the value has none (a count, a name, a state).
        rollup: how it is carried into the hourly rollup.
        personal: personal-data class of its values.
    """

    name: str
    type: FieldType
    text: Text
    unit: str = ""
    rollup: Rollup = Rollup.GAUGE
    personal: PersonalData = PersonalData.NONE


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measurement that may be stored.

    Attributes:
        name: measurement name.
        text: what it tells, for people.
        tags: tags it may carry besides `STAMPED_TAGS` and `AGENT_TAGS`.
        fields: fields it may carry; a point may leave out any, but not bring others.
    """

    name: str
    text: Text
    tags: tuple[Tag, ...]
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        for kind, names in (("tag", [t.name for t in self.tags]), ("field", [f.name for f in self.fields])):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise ValueError(f"measurement {self.name!r} declares {kind} {sorted(twice)} twice")
        stamped = STAMPED_TAGS & {t.name for t in self.tags}
        if stamped:
            raise ValueError(f"measurement {self.name!r} declares {sorted(stamped)}, which the gateway stamps")
        refused = sorted(name for name in self._names() if is_forbidden(name))
        if refused:
            raise ValueError(f"measurement {self.name!r} declares {refused}, which the terms forbid to collect")

    def _names(self) -> list[str]:
        return [self.name, *(t.name for t in self.tags), *(f.name for f in self.fields)]

    def problems(self, point: Point) -> list[str]:
        """List what in a point does not match this declaration; empty if all does."""
        tags = {t.name for t in self.tags} | AGENT_TAGS
        types = {f.name: f.type for f in self.fields}
        found = [f"tag {name!r} is not declared" for name in point.tags if name not in tags]
        for name, value in point.fields.items():
            if name not in types:
                found.append(f"field {name!r} is not declared")
            elif not types[name].accepts(value):
                found.append(f"field {name!r} is declared {types[name]}, got {type(value).__name__}")
        if not point.fields:
            found.append("has no fields")
        return [f"{self.name}: {problem}" for problem in found]


STAMPED_TAGS = frozenset({"contract", "site", "device"})
"""Tags that the gateway sets from the sender's token, whatever the sender wrote."""

AGENT_TAGS = frozenset({"host"})
"""Tags that Telegraf and our agent add to every point."""

_FORBIDDEN_PARTS = (
    "file_content",
    "cookie",
    "password",
    "passphrase",
    "browser_history",
    "browsing",
    "mail_body",
    "mail_subject",
    "mail_recipient",
    "recipient",
    "sns_post",
    "social_post",
    "keystroke",
    "clipboard",
    "screenshot",
)


def is_forbidden(name: str) -> bool:
    """Tell whether a name speaks of data that the terms of service forbid to collect.

    These are file contents, browser cookies, IDs and passwords, mail bodies and recipients, and social-media posts.
    """
    lowered = name.lower()
    return any(part in lowered for part in _FORBIDDEN_PARTS)
