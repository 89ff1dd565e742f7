"""Rules and their settings as a person typed them."""

from alert_rules.registry import Entry, entries
from alert_rules.rule import Rule
from api.alerts.thresholds import checked, parameter_of
from api.cli.speech import WrongUse
from api.told import ToldError
from collectors.text import Text


def rule_of(name: str) -> Entry:
    """Return a rule by its id.

    Raises:
        WrongUse: there is none.
    """
    entry = entries().get(name)
    if entry is None:
        raise WrongUse(
            Text(
                f"ルール {name} はありません。karte rules list で確認してください",
                f"there is no rule {name}; `karte rules list` names them",
            )
        )
    return entry


def setting_of(rule: Rule, setting: str) -> float:
    """Return the value of `PARAMETER=VALUE`.

    Raises:
        WrongUse: it is not of that form, not a number, or the rule cannot take it.
    """
    name, _, text = setting.partition("=")
    try:
        value = float(text)
    except ValueError:
        raise WrongUse(
            Text(
                f"{setting} は 値の名前=数 の形ではありません（例 limit=85）",
                f"{setting} is not PARAMETER=NUMBER, e.g. limit=85",
            )
        ) from None
    try:
        parameter_of(rule, name)
        return checked(rule, value)
    except ToldError as error:
        raise WrongUse(error.text) from None
