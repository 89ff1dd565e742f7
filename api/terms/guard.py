"""A contract begins once its terms are accepted."""

from datetime import date

from sqlalchemy.orm import Session

from api.models import Contract, TransitionRefused
from api.models.terms import TERMS_WORDS
from api.terms.acceptance import missing
from collectors.text import Text


def see_that_terms_are_accepted(session: Session, contract: Contract, on: date) -> None:
    """See that a contract has accepted all terms that hold on a day.

    Raises:
        TransitionRefused: `terms_accepted`; the message names what is missing.
    """
    left = missing(session, contract, on)
    if left:
        named = [TERMS_WORDS[each.kind] for each in left]
        raise TransitionRefused(
            Text(
                f"次の規約への同意がまだありません: {'、'.join(each.ja for each in named)}",
                f"these terms were not accepted yet: {', '.join(each.en for each in named)}",
            ),
            "terms_accepted",
        )
