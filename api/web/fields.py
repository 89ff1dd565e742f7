"""Fields that several resources take, checked so that whatever passes can be asked of any database."""

from datetime import date
from typing import Any

import marshmallow as ma

from api.plaintext import has_control

WORDS_LENGTH = 100

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)
"""Days on which something may have happened. Beyond year 1 and 9999 a day in Japan is no moment in UTC any more."""


def plain(text: str) -> None:
    """See that a text has no control characters.

    PostgreSQL takes no NUL, and no database takes halves of surrogate pairs, which JSON can spell.

    Raises:
        ValidationError: it has.
    """
    if has_control(text):
        raise ma.ValidationError("must have no control characters")


def _not_blank(text: str) -> None:
    if not text.strip():
        raise ma.ValidationError("must not be blank")


def words(**options: Any) -> ma.fields.String:
    """Return the field of some words that somebody searches by; blanks alone are none.

    Args:
        options: of the field.
    """
    return ma.fields.String(validate=[ma.validate.Length(1, WORDS_LENGTH), plain, _not_blank], **options)


def day(**options: Any) -> ma.fields.Date:
    """Return the field of a day in Japan.

    Args:
        options: of the field.
    """
    return ma.fields.Date(validate=ma.validate.Range(FIRST_DAY, LAST_DAY), **options)
