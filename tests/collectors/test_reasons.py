from collectors.reasons import because, told_by
from collectors.text import Text


def test_it_says_a_cause_once_on_one_short_line() -> None:
    again = Text("timedatectl：起動していません", "timedatectl: not booted with systemd")
    assert because([again, again, Text("ntpq：応答なし", "ntpq: no answer")]) == Text(
        "timedatectl：起動していません、ntpq：応答なし", "timedatectl: not booted with systemd; ntpq: no answer"
    )


def test_it_keeps_the_words_of_a_talkative_program_in_brief() -> None:
    cause = told_by("first line\nsecond line " + "and more " * 50)
    assert cause.ja == cause.en
    assert cause.en.startswith("first line second line and more")
    assert (len(cause.en) <= 120, cause.en[-1]) == (True, "…")
