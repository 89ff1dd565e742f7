"""The table of rules: one file a category, in the order in which people read them."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alert_rules.load import RuleFileError, read_file
from alert_rules.rule import Category, Rule

RULES_DIR = Path(__file__).parent / "rules"

SCHEMA = Path(__file__).parent / "rules.schema.json"
"""The form of the files, for editors; `karte rules check` says when it is behind the types."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule and the category whose file holds it."""

    category: Category
    rule: Rule


def load_all(directory: Path = RULES_DIR) -> dict[str, Entry]:
    """Return all rules by id, from one file for each category.

    Raises:
        RuleFileError: a file is missing or wrong, or two rules have one id.
    """
    found: dict[str, Entry] = {}
    for category in Category:
        path = directory / f"{category}.yaml"
        file = read_file(path)
        if file.category is not category:
            raise RuleFileError(f"{path}: tells category {file.category}, its name says {category}")
        for rule in file.rules:
            if rule.id in found:
                raise RuleFileError(f"{path}: rule {rule.id} is in {found[rule.id].category}.yaml too")
            found[rule.id] = Entry(category, rule)
    return found


@cache
def entries() -> dict[str, Entry]:
    """Return the product's own rules by id."""
    return load_all()
