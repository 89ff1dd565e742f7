"""A rule's words as Grafana's templates: the series' labels and numbers are put in when an alert fires."""

import string
from collections.abc import Mapping

from alert_rules.advice import LANGS
from alert_rules.check import field_of
from alert_rules.export.expressions import LIMIT, VALUE
from alert_rules.rule import Reduce, Rule
from collectors.catalogue import measurements
from collectors.text import Lang, Text

_UNITS: Mapping[str, Text] = {"d": Text("日", " days"), "1/s": Text(" 件/秒", " a second")}


def annotations(rule: Rule, advice_url: str) -> dict[str, str]:
    """Return the annotations of a rule: the sentence in both languages, and where the advice is."""
    found = {"summary": _sentence(rule, "ja"), "summary_en": _sentence(rule, "en")}
    return {**found, "runbook_url": f"{advice_url}/{rule.advice_id}"}


def _sentence(rule: Rule, lang: Lang) -> str:
    text = rule.message.text.in_(lang)
    return "".join(
        before + ("" if name is None else _placed(rule, name, lang))
        for before, name, _form, _conversion in string.Formatter().parse(text)
    ).strip()


def _placed(rule: Rule, name: str, lang: Lang) -> str:
    match name:
        case "value":
            return _number(f"$values.{VALUE}.Value", rule, lang)
        case "limit" if rule.parameter is not None:
            return _number(f"$values.{LIMIT}.Value", rule, lang)
        case "limit":
            return f"{rule.limit:g}{_unit(rule, lang)}"
        case "reason":
            return ""  # Grafana's expressions know numbers only.
    return f"{{{{ $labels.{name} }}}}"


def _number(of: str, rule: Rule, lang: Lang) -> str:
    if _declared_unit(rule) == "s":
        return f"{{{{ humanizeDuration {of} }}}}"
    return f'{{{{ printf "%.1f" {of} }}}}{_unit(rule, lang)}'


def _unit(rule: Rule, lang: Lang) -> str:
    unit = _declared_unit(rule)
    if unit in _UNITS:
        return _UNITS[unit].in_(lang)
    return unit if unit in ("", "%") else f" {unit}"


def _declared_unit(rule: Rule) -> str:
    field = field_of(rule, measurements()[rule.measurement])
    return "" if field is None or rule.reduce in (Reduce.HITS, Reduce.COUNT) else field.unit


def both(text: Text) -> str:
    """Return a name for staff in both languages."""
    return " / ".join(text.in_(lang) for lang in LANGS)
