"""Forms: what was sent is read by a schema, done in one step, and told; a refusal stands beside the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import marshmallow as ma
from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from api.web.errors import ApiError
from api.web.language import request_language
from collectors.text import Text

LANGUAGES: Mapping[str, Text] = {"ja": Text("日本語", "Japanese"), "en": Text("英語", "English")}
"""Languages of mail, reports and pages, for people."""

_REFUSED = (409, 422)
_NEEDED = Text("入力または選択してください", "enter or choose something")
_UNUSABLE = Text("この値は使えません", "this value cannot be used")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A form that was not done.

    Attributes:
        form: which one of the page.
        text: why, one line.
        entered: what was entered, by field.
        errors: what is wrong with single fields.
    """

    form: str
    text: Text
    entered: Mapping[str, str]
    errors: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Done:
    """A form that was done.

    Attributes:
        text: what was done and what comes next.
        url: the page that is shown next.
    """

    text: Text
    url: str


class FormSchema(ma.Schema):
    """The base of all forms: what a form has beside its fields is left out, and what is empty counts as not sent."""

    class Meta:
        """See marshmallow."""

        unknown = ma.EXCLUDE


def submitted(
    form: str,
    schema: type[FormSchema],
    run: Callable[[dict[str, Any]], Done | str],
    page: Callable[[Refusal], str],
) -> ResponseReturnValue:
    """Do what a form asks for, and go to the next page; or show the page again with why not.

    Args:
        form: which one of the page.
        schema: what it may hold.
        run: does it, with the values, and returns what is done, or a page that holds what is shown this once; raises
            `ApiError` 409 or 422 where it is refused, with the `field` of a value that cannot be used in its details.
        page: shows the page with the refusal.

    Raises:
        ApiError: another status; it is no refusal of what was entered.
    """
    entered = {name: value for name, value in request.form.items() if name != "csrf_token"}
    sent = {name: value.strip() for name, value in entered.items() if value.strip()}
    try:
        done = run(schema().load(sent))
    except ma.ValidationError as error:
        errors = {name: _NEEDED if name not in sent else _UNUSABLE for name in error.messages_dict}
        text = Text("入力を確認してください。まだ何も変更していません。", "Check what was entered; nothing is changed.")
        return page(Refusal(form, text, entered, errors)), 422
    except ApiError as error:
        if error.status not in _REFUSED:
            raise
        field = error.details.get("field")
        errors = {field: error.message} if isinstance(field, str) else {}
        return page(Refusal(form, error.message, entered, errors)), error.status
    if isinstance(done, str):
        return done
    flash(done.text.in_(request_language()), "done")
    return redirect(done.url, 303)


def choice(values: type[Any], **options: Any) -> ma.fields.String:
    """Return a field that takes one value of an enumeration."""
    return ma.fields.String(validate=ma.validate.OneOf([each.value for each in values]), **options)


def day(**options: Any) -> ma.fields.Date:
    """Return a field that takes a day of a year that can be meant."""
    return ma.fields.Date(validate=ma.validate.Range(date(1900, 1, 1), date(2999, 12, 31)), **options)


def language() -> ma.fields.String:
    """Return a field that takes a language."""
    return ma.fields.String(required=True, validate=ma.validate.OneOf([*LANGUAGES]))
