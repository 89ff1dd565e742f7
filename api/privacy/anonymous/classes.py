"""What of a measurement may leave, and as what: a table by the catalogue's classes, and two of texts. Pure.

Numbers of class `none` leave as they are. Text leaves only where it stands in one of the tables below, so that what is
added to the catalogue tomorrow stays until somebody has thought about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.rollup.fields import functions_of, stored_name
from collectors.declaration import Field, FieldType, Measurement, PersonalData
from collectors.text import Text

CLASSES: Mapping[PersonalData, tuple[bool, Text]] = {
    PersonalData.NONE: (True, Text("個人を示さない値。文字は下の表にあるものだけ", "says nothing of a person")),
    PersonalData.DEVICE: (False, Text("機器を特定する値", "identifies one machine")),
    PersonalData.PERSON: (False, Text("人の名前を含みうる値", "may hold a person's name")),
}
"""Class -> whether values of it may leave, and why (not)."""

WORDS = frozenset(
    {
        "admin_state",
        "alert",
        "arch",
        "battery_status",
        "bus_type",
        "category",
        "check",
        "class",
        "color",
        "cpu",
        "default_inbound",
        "default_outbound",
        "device_status",
        "duplex",
        "error_class",
        "event",
        "fstype",
        "health",
        "kind",
        "lag_basis",
        "manager",
        "media_type",
        "method",
        "mode",
        "oper_state",
        "outcome",
        "page_count_unit",
        "poe_state",
        "printer_status",
        "profile",
        "protocol",
        "reason_code",
        "self_test",
        "severity",
        "state",
        "status",
        "tool",
        "type",
        "unit",
    }
)
"""Tags and fields of a fixed vocabulary: states, kinds, units. A value leaves where k contracts or more have it."""

TRAITS: Sequence[str] = (
    "product",
    "active_product",
    "maker",
    "vendor",
    "model",
    "os_name",
    "os",
    "platform",
    "os_version",
    "platform_version",
    "version",
    "firmware",
)
"""Tags and fields by which somebody who knows an office may recognise it, the most general first. They leave where k
contracts or more share all of them together."""

SERIES_TAGS_WHY = Text(
    "系列を区別するタグ。仮名 series に置き換え", "tells series apart; the pseudonym `series` stands for it"
)
FREE_TEXT_WHY = Text("自由記述の文字、または一覧にない文字", "free text, or text that no table names")


class Use(StrEnum):
    """As what a column leaves."""

    TRAIT = "trait"
    WORD = "word"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that leaves.

    Attributes:
        name: of it.
        use: as what.
        is_tag: whether it is a tag, or else a field.
        unit: of numbers; "" if none.
        text: what it tells.
    """

    name: str
    use: Use
    is_tag: bool
    unit: str
    text: Text


@dataclass(frozen=True, slots=True)
class Dropped:
    """A tag or field that does not leave.

    Attributes:
        name: of it.
        why: why.
    """

    name: str
    why: Text


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a measurement leaves.

    Attributes:
        columns: traits first, the most general first, then words, then numbers.
        dropped: all else.
    """

    columns: Sequence[Column]
    dropped: Sequence[Dropped]

    def of(self, use: Use) -> list[Column]:
        """Return the columns of one use."""
        return [column for column in self.columns if column.use is use]

    @property
    def fields(self) -> list[str]:
        """Return the fields that are read."""
        return [column.name for column in self.columns if not column.is_tag]


def layout(declared: Measurement, *, is_raw: bool) -> Layout:
    """Return what of a measurement leaves.

    Args:
        declared: the measurement.
        is_raw: whether points are read as they came, or else their hourly rollup.
    """
    columns: list[Column] = []
    dropped: list[Dropped] = []
    for tag in declared.tags:
        use = _use(tag.name)
        if CLASSES[tag.personal][0] and use is not None:
            columns.append(Column(tag.name, use, True, "", tag.text))
        else:
            is_of_nobody = CLASSES[tag.personal][0]
            dropped.append(Dropped(tag.name, SERIES_TAGS_WHY if is_of_nobody else CLASSES[tag.personal][1]))
    taken = {column.name for column in columns}
    for field in declared.fields:
        if not CLASSES[field.personal][0]:
            dropped.append(Dropped(field.name, CLASSES[field.personal][1]))
        elif field.type is FieldType.STRING:
            use = _use(field.name)
            if use is None or field.name in taken:
                dropped.append(Dropped(field.name, FREE_TEXT_WHY))
            else:
                name = field.name if is_raw else stored_name(field.name, "last")
                columns.append(Column(name, use, False, "", field.text))
        else:
            columns += _numbers(field, is_raw=is_raw)
    return Layout(sorted(columns, key=_place), dropped)


def _use(name: str) -> Use | None:
    if name in TRAITS:
        return Use.TRAIT
    return Use.WORD if name in WORDS else None


def _numbers(field: Field, *, is_raw: bool) -> list[Column]:
    names = [field.name] if is_raw else [stored_name(field.name, function) for function in functions_of(field)]
    return [Column(name, Use.NUMBER, False, field.unit, field.text) for name in names]


def _place(column: Column) -> tuple[int, int]:
    if column.use is Use.TRAIT:
        return 0, TRAITS.index(column.name.removesuffix("_last") if not column.is_tag else column.name)
    return list(Use).index(column.use), 0
