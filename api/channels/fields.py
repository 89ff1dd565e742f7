"""The settings of a kind of channel: typed, each field with its words, and errors that say what to enter."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from api.told import ToldError
from collectors.text import Text

_EXTRA = "karte"
HIDDEN = "••••"


class InvalidSettings(ToldError):
    """A setting of a channel is missing or cannot be used; the message names it and says what to do.

    Attributes:
        field: its name; "" where several are concerned.
    """

    def __init__(self, text: Text, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of what may be shown of a channel's settings."""


class Secret(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of what must not be shown of a channel's settings."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({HIDDEN})"

    def __rich_repr__(self) -> Any:
        return iter(())


class NoSecret(Secret, frozen=True):
    """Of kinds that have no secret."""


def entry(text: Text, what: Text, **limits: Any) -> msgspec.Meta:
    """Return what is to be known of a field.

    Args:
        text: its name for people.
        what: what is to be entered, as a request, e.g. "give a number from 1 to 65535".
        limits: of `msgspec.Meta`.
    """
    return msgspec.Meta(extra={_EXTRA: (text, what)}, **limits)


PRINTABLE = r"^[\x21-\x7e]+$"
"""Printable ASCII without spaces: what can stand in a header."""


class FieldText(msgspec.Struct, frozen=True):
    """A field for people.

    Attributes:
        name: in settings.
        text: for people.
        what: what is to be entered.
        is_secret: it is never shown.
        is_required: it must be given.
        is_list: it takes several values.
        default: what it is where none is given; None where there is none.
    """

    name: str
    text: Text
    what: Text
    is_secret: bool
    is_required: bool
    is_list: bool
    default: object


def fields_of(form: type[msgspec.Struct]) -> list[FieldText]:
    """Return the fields of a kind's settings."""
    hints = get_type_hints(form, include_extras=True)
    found = []
    for field in msgspec.structs.fields(form):
        text, what = _words(hints[field.name], field.name)
        default = None if field.required or field.default in (msgspec.NODEFAULT, None, ()) else field.default
        found.append(
            FieldText(
                name=field.name,
                text=text,
                what=what,
                is_secret=issubclass(form, Secret),
                is_required=field.required,
                is_list=_is_list(hints[field.name]),
                default=default,
            )
        )
    return found


def _words(hint: Any, name: str) -> tuple[Text, Text]:
    for each in get_args(hint):
        if isinstance(each, msgspec.Meta) and each.extra and _EXTRA in each.extra:
            words: tuple[Text, Text] = each.extra[_EXTRA]
            return words
    raise TypeError(f"the field {name} has no words")


def _is_list(hint: Any) -> bool:
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return get_origin(inner) is tuple


Form = TypeVar("Form", bound=msgspec.Struct)


def read(form: type[Form], given: Mapping[str, object]) -> Form:
    """Return settings as the kind's own type; numbers and yes/no may come as text.

    Args:
        form: the type.
        given: by field name.

    Raises:
        InvalidSettings: a field is missing, unknown or cannot be used.
    """
    for name in given:
        if name not in form.__struct_fields__:
            raise _unknown(name, form)
    try:
        return msgspec.convert(dict(given), form, strict=False)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), form) from None


def _invalid(problem: str, form: type[msgspec.Struct]) -> InvalidSettings:
    # msgspec names the field at the end ("… - at `$.port`"), and a missing one within the sentence.
    found = re.search(r"`\$\.(\w+)", problem) or re.search(r"required field `(\w+)`", problem)
    if found is None:
        return InvalidSettings(Text("設定の形式が正しくありません", "the settings are not well-formed"))
    field = next(each for each in fields_of(form) if each.name == found[1])
    missing = "required field" in problem
    state = Text("がありません" if missing else "の値が使えません", "is missing" if missing else "cannot be used")
    return InvalidSettings(
        Text(
            f"{field.text.ja}（{field.name}）{state.ja}。{field.what.ja}",
            f"{field.text.en} ({field.name}) {state.en}; {field.what.en}",
        ),
        field.name,
    )


def _unknown(name: str, form: type[msgspec.Struct]) -> InvalidSettings:
    names = ", ".join(form.__struct_fields__) or "-"
    shown = name if re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", name) else "?"
    return InvalidSettings(
        Text(f"{shown} という項目はありません。使える項目: {names}", f"there is no field {shown}; there are: {names}"),
        shown,
    )
