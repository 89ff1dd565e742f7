"""What a message says besides its findings, as `Delivery.note` keeps it."""

from api.relay.flapping import OPENINGS
from collectors.text import Text

FIRST_TOLD = OPENINGS
"""With so many openings it is said that no more follow; with more, that it has settled."""

_AFTER_MAINTENANCE = "maintenance:"


def after_maintenance_note(over: int) -> str:
    """Return the note of a message after maintenance.

    Args:
        over: how many findings came during it and were over by its end.
    """
    return f"{_AFTER_MAINTENANCE}{over}"


def told(note: str) -> tuple[Text, ...]:
    """Return the sentences of a note."""
    if not note.startswith(_AFTER_MAINTENANCE):
        return ()
    over = int(note.removeprefix(_AFTER_MAINTENANCE))
    sentences = [
        Text(
            "メンテナンスが終わっても続いているものをお知らせします。",
            "Maintenance has ended; this is what has not.",
        )
    ]
    if over:
        sentences.append(
            Text(
                f"メンテナンス中に起きて終わったものは {over} 件あり、個別にはお知らせしません。",
                f"{over} more came and went meanwhile and are not told one by one.",
            )
        )
    return tuple(sentences)


def flapping(openings: int) -> Text:
    """Return the sentence about a finding that comes and goes."""
    return Text(
        f"6時間に {openings} 回、発生と回復を繰り返しています。落ち着く（1時間変わらない）まで次のお知らせは控えます。",
        f"This has come and gone {openings} times in 6 hours. No more is sent until it stays as it is for an hour.",
    )


def settled(openings: int) -> Text:
    """Return the sentence about a finding that came and went, and has settled."""
    return Text(
        f"6時間に {openings} 回繰り返していましたが、1時間変化がありません。",
        f"It had come and gone {openings} times in 6 hours and has now stayed as it is for an hour.",
    )
