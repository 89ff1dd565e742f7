"""What customers' pages leave out: findings of rules for the provider, of which customers are not told either."""

from alert_rules.registry import entries


def _told() -> str:
    for_the_provider = sorted(name for name, entry in entries().items() if entry.rule.staff_only)
    return f'"rule" !~ /^({"|".join(for_the_provider)})$/'


TOLD = _told()
"""The condition for findings that customers are told of."""
