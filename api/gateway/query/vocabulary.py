"""Which names a query may speak of: the catalogue's, without the tag that keeps contracts apart.

All that is stored has passed the catalogue, so its names are all names there are. A wildcard or a regular expression
that would also choose `contract` is turned into one that does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.influxql.errors import QueryRefused
from api.influxql.literals import compiled_regex
from api.influxql.tree import Regex
from api.rollup.fields import functions_of, stored_name, stored_type
from collectors.declaration import AGENT_TAGS, STAMPED_TAGS, FieldType, Measurement

CONTRACT_TAG = "contract"

_OWN_TAGS = STAMPED_TAGS | AGENT_TAGS


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that there are.

    Attributes:
        tags: measurement -> its tag keys that may be shown.
        fields: measurement -> its field keys with their types.
    """

    tags: Mapping[str, frozenset[str]]
    fields: Mapping[str, Mapping[str, FieldType]]

    def of(self, measurements: Iterable[str | Regex]) -> "Vocabulary":
        """Return the names of some measurements only."""
        chosen = set(matching("IN", measurements, self.tags))
        return Vocabulary(
            {name: tags for name, tags in self.tags.items() if name in chosen},
            {name: fields for name, fields in self.fields.items() if name in chosen},
        )

    def all_tags(self) -> frozenset[str]:
        """Return the tag keys of all measurements."""
        return frozenset().union(*self.tags.values())

    def all_names(self) -> frozenset[str]:
        """Return the tag and field keys of all measurements."""
        return self.all_tags().union(*(set(fields) for fields in self.fields.values()))


def vocabulary(measurements: Iterable[Measurement]) -> Vocabulary:
    """Return the names of the raw database."""
    declared = list(measurements)
    return Vocabulary(
        {m.name: frozenset({tag.name for tag in m.tags} | _OWN_TAGS) - {CONTRACT_TAG} for m in declared},
        {m.name: {field.name: field.type for field in m.fields} for m in declared},
    )


def rollup_vocabulary(measurements: Iterable[Measurement]) -> Vocabulary:
    """Return the names of the hourly rollup: the same tags, and of each field its partials."""
    declared = list(measurements)
    return Vocabulary(
        vocabulary(declared).tags,
        {
            m.name: {
                stored_name(field.name, function): stored_type(field, function)
                for field in m.fields
                for function in functions_of(field)
            }
            for m in declared
        },
    )


def union(vocabularies: Iterable[Vocabulary]) -> Vocabulary:
    """Return the names of several databases together."""
    tags: dict[str, frozenset[str]] = {}
    fields: dict[str, dict[str, FieldType]] = {}
    for each in vocabularies:
        for name, keys in each.tags.items():
            tags[name] = tags.get(name, frozenset()) | keys
        for name, types in each.fields.items():
            fields.setdefault(name, {}).update(types)
    return Vocabulary(tags, fields)


def all_but(word: str) -> Regex:
    """Return a regular expression that matches every text but one word; RE2 has no other way to say "not".

    It matches what is longer, what is shorter, and what differs in one of its letters.
    """
    length = len(word)
    differing = "|".join(f".{{{place}}}[^{letter}].{{{length - place - 1}}}" for place, letter in enumerate(word))
    return Regex(f"^(?s:.{{0,{length - 1}}}|.{{{length + 1},}}|{differing})$")


ALL_BUT_CONTRACT = all_but(CONTRACT_TAG)


def without_contract(chosen: Regex, names: Iterable[str]) -> Regex:
    """Return a regular expression that chooses the same of some names, but never the contract.

    One that does not match `contract` stays as it is.
    """
    compiled = compiled_regex(chosen.pattern)
    if compiled.search(CONTRACT_TAG) is None:
        return chosen
    hit = {name for name in names if compiled.search(name) is not None}
    return ALL_BUT_CONTRACT if hit == set(names) else one_of(hit)


def one_of(names: Iterable[str]) -> Regex:
    """Return a regular expression that matches just these names, which are plain words.

    Raises:
        ValueError: a name has a character that means something in a regular expression.
    """
    listed = sorted(set(names) - {CONTRACT_TAG})
    odd = [name for name in listed if not name.replace("_", "").isalnum()]
    if odd:
        raise ValueError(f"{odd} cannot stand in a regular expression as they are")
    return Regex(f"^({'|'.join(listed)})$") if listed else Regex("^$")


def matching(operator: str, keys: Iterable[str | Regex], names: Iterable[str]) -> list[str]:
    """Return the names that a `WITH KEY` clause chooses, sorted.

    Args:
        operator: "=", "!=", "=~", "!~" or "IN".
        keys: the names or the one regular expression of the clause.
        names: those that there are.
    """
    listed = set(names)
    plain = {key for key in keys if isinstance(key, str)}
    patterns = [compiled_regex(key.pattern) for key in keys if isinstance(key, Regex)]
    hit = {name for name in listed if name in plain or any(pattern.search(name) for pattern in patterns)}
    return sorted(listed - hit if operator in ("!=", "!~") else hit)


def check_name(name: str, *, hides_contract: bool) -> None:
    """Refuse a name that is not the data's own.

    Raises:
        QueryRefused: it is one of the engine's internal names, or the contract's where that is hidden.
    """
    if name.startswith("_"):
        raise QueryRefused(f"{name!r} is not available: names that begin with _ are the database's own")
    if hides_contract and name.lower() == CONTRACT_TAG:
        raise QueryRefused("'contract' is not available: this token reads one contract only, always")
