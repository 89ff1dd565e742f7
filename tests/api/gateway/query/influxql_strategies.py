"""Queries made up: valid InfluxQL of every form, and hostile ones made from it.

A maker draws from a `Random`, so that one generator serves Hypothesis, which shrinks what it finds, and runs of many
thousands, where drawing every choice by itself would take most of the time.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.api.gateway.query.worlds import HOUR_S, MINE, NOW_S, OTHERS, THEIRS

TAGS: Mapping[str, Sequence[str]] = {
    "cpu": ("cpu",),
    "disk": ("path", "fstype", "mode"),
    "mem": (),
    "printer": ("asset",),
    "system": (),
    "ups": ("asset",),
}
OWN_TAGS = ("host", "device", "site")
NUMBERS: Mapping[str, Sequence[str]] = {
    "cpu": ("usage_idle", "usage_user", "usage_steal"),
    "disk": ("total", "used_percent"),
    "mem": ("total", "used_percent"),
    "printer": ("page_count",),
    "system": ("load1", "uptime"),
    "ups": ("load_percent",),
}
TEXTS: Mapping[str, Sequence[str]] = {"disk": ("state",), "printer": ("status",), "system": ("os",)}

AGGREGATES = ("mean", "sum", "count", "min", "max", "spread", "first", "last", "median", "stddev", "mode", "integral")
OTHERS_ONLY = frozenset({"ups", "mode", "usage_steal", "load_percent"})
"""Names of which only other contracts have points."""

TRANSFORMS = (
    "derivative",
    "non_negative_derivative",
    "difference",
    "non_negative_difference",
    "cumulative_sum",
    "moving_average",
    "elapsed",
    "abs",
    "round",
    "ceil",
    "floor",
)
VALUES = (
    MINE.host(1),
    MINE.host(2),
    f"{MINE.mark}-site",
    f"{MINE.mark}-dev-3",
    THEIRS.host(1),
    f"{THEIRS.mark}-site",
    "cpu1",
    "nobody",
    "",
    "it's",
    'a"b\\c',
)
PATTERNS = (
    "own",
    ".*",
    "^own-host-(1|2)$",
    "^$",
    "host",
    "[a-z]+-\\d",
    "(?i)OWN",
    f"^{THEIRS.mark}",
    "x|y",
    "a\\/b",
    "[^o]",
    "\\.",
    "",
)
NAME_PATTERNS = (
    ".*",
    "",
    "^used",
    "t",
    "^(host|site)$",
    "total|used_percent",
    "o",
    "e$",
    "^c",
    "(?i)HOST",
    "nothing",
    "[^c]",
)
MEASUREMENT_PATTERNS = (".*", "^(cpu|mem)$", "m", "disk|system", "^p", "nothing", "e", "s$")


@dataclass(frozen=True, slots=True)
class Made:
    """A query.

    Attributes:
        text: InfluxQL.
        bound: values of its `$names`.
    """

    text: str
    bound: Mapping[str, Any] = field(default_factory=dict)

    @property
    def params(self) -> str:
        return json.dumps(self.bound) if self.bound else ""


@dataclass(frozen=True, slots=True)
class Columns:
    """What a source gives: columns by kind, and tags."""

    numbers: Sequence[str]
    texts: Sequence[str]
    tags: Sequence[str]


class Maker:
    """Makes valid queries.

    `plain` leaves out what cannot be compared with an engine that has one contract's points only: bound parameters'
    spelling is ours; what other contracts alone have is null here and nothing there; `integral` gives series in no
    order; a measurement beside a subquery is read as a subquery, which has a row wherever there is a point; SHOW counts
    are estimates where an engine is asked itself.
    """

    def __init__(self, random: Random, *, plain: bool = False) -> None:
        self.r = random
        self.plain = plain
        self.bound: dict[str, Any] = {}

    def chance(self, probability: float) -> bool:
        return self.r.random() < probability

    def query(self) -> Made:
        count = 1 if self.chance(0.85) else self.r.randint(2, 3)
        statements = [self.statement() for _ in range(count)]
        text = self.r.choice(["; ", ";", " ;\n"]).join(statements) + (";" if self.chance(0.05) else "")
        return Made(text, dict(self.bound))

    def statement(self) -> str:
        return self.show() if self.chance(0.25) else self.select(self.r.choice([0, 0, 0, 1, 1, 2, 3, 4]))

    # Names and values

    def name(self, name: str) -> str:
        if not self.plain and self.chance(0.03):
            key = f"n{len(self.bound)}"
            self.bound[key] = {"identifier": name}
            return f"${key}"
        return f'"{name}"' if self.chance(0.4) or name in ("mode", "total", "key") else name

    def text(self, value: str) -> str:
        if not self.plain and self.chance(0.05):
            key = f"s{len(self.bound)}"
            self.bound[key] = value
            return f"${key}"
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def number(self) -> str:
        return self.r.choice(["0", "1", "5", "10", "2.5", ".5", "1.0", "100", "7"])

    def duration(self) -> str:
        return self.r.choice(["1h", "2h", "6h", "30m", "1d", "90m", "1h30m", "12h", "3600s"])

    def space(self) -> str:
        # Where an expression may begin, InfluxDB 1 takes a comment for a regular expression.
        return self.r.choice([" "] * 12 + ["\n", "  ", "\t"] + ([] if self.plain else [" /* c */ ", " -- c\n"]))

    def pattern(self, patterns: Sequence[str]) -> str:
        return f"/{self.r.choice(patterns)}/"

    # Sources

    def measurement(self) -> str:
        one = self.r.choice(["mem", "cpu", "disk", "system", "printer", "mem", "cpu", "disk", "ups"])
        return "system" if self.plain and one in OTHERS_ONLY else one

    def qualified(self, name: str) -> str:
        how = self.r.random()
        if how < 0.8:
            return name
        return self.r.choice(["karte..", '"karte"."autogen".', "autogen.", "karte.autogen.", '"karte"..']) + name

    def source(self, depth: int) -> tuple[str, Columns]:
        if depth and self.chance(0.8):
            inner, columns = self.inner(depth - 1)
            return f"({inner})", columns
        if self.chance(0.06):
            return self.qualified(self.pattern(MEASUREMENT_PATTERNS)), Columns(("total", "used_percent"), (), OWN_TAGS)
        if self.chance(0.06):
            name = self.measurement()
            wanted = [
                f"{field}_{function}"
                for field in self.numbers(name)
                for function in ("max", "min", "last", "count", "sum")
            ]
            return f"karte_1h..{self.name(name)}", Columns(wanted, (), self.tags(name))
        name = self.measurement()
        return self.qualified(self.name(name)), Columns(self.numbers(name), TEXTS.get(name, ()), self.tags(name))

    def tags(self, name: str) -> Sequence[str]:
        return tuple(tag for tag in (*TAGS[name], *OWN_TAGS) if not (self.plain and tag in OTHERS_ONLY))

    def numbers(self, name: str) -> Sequence[str]:
        return tuple(field for field in NUMBERS[name] if not (self.plain and field in OTHERS_ONLY))

    # SELECT

    def select(self, depth: int) -> str:
        return self._select(depth)[0]

    def inner(self, depth: int) -> tuple[str, Columns]:
        return self._select(depth, named=True)

    def _select(self, depth: int, *, named: bool = False) -> tuple[str, Columns]:
        source, columns = self.source(depth)
        if self.chance(0.08):
            more, _columns = self.source(depth if self.plain else max(0, depth - 1))
            if not self.plain or source[0] == more[0] == "(" or "(" not in (source[0], more[0]):
                source += f", {more}"
        grouped = self.chance(0.5)
        selected, given = self.columns(columns, grouped, named)
        where = self.where(columns, timed=grouped)
        by, kept = self.group_by(columns, timed=grouped)
        tail = self.tail(grouped)
        s = self.space
        text = f"{self.word('SELECT')}{s()}{selected}{s()}{self.word('FROM')}{s()}{source}{where}{by}{tail}"
        tags = [*kept, *(columns.tags if not grouped and not by else ())]
        return text, Columns(given, (), tags)

    def word(self, word: str) -> str:
        return self.r.choice([word, word, word, word.lower(), word.title()])

    def columns(self, columns: Columns, grouped: bool, named: bool) -> tuple[str, Sequence[str]]:
        if not named and self.chance(0.2):
            return self.wild(columns, grouped), ()
        out: list[str] = []
        given: list[str] = []
        for _ in range(self.r.choice([1, 1, 1, 2, 2, 3])):
            expression = self.aggregate(columns) if grouped else self.raw(columns)
            if named or self.chance(0.3):
                alias = f"c{len(given)}"
                expression += f" AS {alias}"
                given.append(alias)
            out.append(expression)
        if not grouped and columns.tags and self.chance(0.25):
            out.append(self.name(self.r.choice(list(columns.tags))) + ("::tag" if self.chance(0.2) else ""))
        return ", ".join(out), given

    def wild(self, columns: Columns, grouped: bool) -> str:
        if grouped:
            inner = self.r.choice(["*", "*::field", *(f"/{p}/" for p in NAME_PATTERNS)])
            return f"{self.r.choice(['mean', 'count', 'max', 'first', 'last'])}({inner})"
        number = self.one_number(columns)
        return self.r.choice(
            ["*", "*", "*::field", f"*::tag, {number}", f"*, {number}", *(f"/{p}/" for p in NAME_PATTERNS)]
        )

    def one_number(self, columns: Columns) -> str:
        if not columns.numbers or self.chance(0.02):
            return self.name("nothing")
        return self.name(self.r.choice(list(columns.numbers)))

    def raw(self, columns: Columns) -> str:
        how = self.r.random()
        one = self.one_number(columns)
        if how < 0.55:
            return one + (self.r.choice(["::float", "::integer", "::field"]) if self.chance(0.1) else "")
        if how < 0.7:
            return f"{one} {self.r.choice('+-*/')} {self.r.choice([self.number(), self.one_number(columns)])}"
        if how < 0.78 and columns.texts:
            return self.name(self.r.choice(list(columns.texts)))
        if how < 0.84:
            return f"({one} {self.r.choice('+-*')} {self.number()}) {self.r.choice('*/')} -{self.number()}"
        if how < 0.9:
            return f"{self.r.choice(['top', 'bottom'])}({one}, {self.r.choice(['1', '2', 'host, 2'])})"
        return f"{self.r.choice(['distinct', 'abs', 'cumulative_sum', 'difference'])}({one})"

    def aggregate(self, columns: Columns) -> str:
        how = self.r.random()
        one = self.one_number(columns)
        function = self.r.choice(AGGREGATES[:-1] if self.plain else AGGREGATES)
        if how < 0.6:
            return f"{self.r.choice([function, function.upper()])}({one})"
        if how < 0.75:
            return f"{function}({one}) {self.r.choice('+-*/')} {self.r.choice([self.number(), f'max({one})'])}"
        if how < 0.88:
            transform = self.r.choice(TRANSFORMS)
            more = {"moving_average": ", 2", "derivative": self.r.choice(["", ", 1h"])}.get(transform, "")
            return f"{transform}({function}({one}){more})"
        if how < 0.94:
            return f"percentile({one}, {self.r.choice(['50', '95', '99.5'])})"
        if columns.texts:
            return f"{self.r.choice(['count', 'last', 'first'])}({self.name(self.r.choice(list(columns.texts)))})"
        return f"count(distinct({one}))"

    def where(self, columns: Columns, *, timed: bool) -> str:
        parts = []
        if timed or self.chance(0.4):
            parts.append(self.since())
            if self.chance(0.5):
                parts.append(self.until())
        while self.chance(0.4) and len(parts) < 5:
            parts.append(self.condition(columns, 2))
        if not parts:
            return ""
        self.r.shuffle(parts)
        s = self.space
        return f"{s()}{self.word('WHERE')}{s()}{f'{s()}AND '.join(parts)}"

    def since(self) -> str:
        at = NOW_S - self.r.choice([3, 24, 47, 50, 58, 70]) * HOUR_S - self.r.choice([0, 0, 1234])
        written = [f"{at}s", f"{at}000ms", f"{at}000000000"]
        return f"time {self.r.choice(['>', '>='])} {self.r.choice(written)}"

    def until(self) -> str:
        at = NOW_S - self.r.choice([0, 1, 2, 5, 24]) * HOUR_S - self.r.choice([0, 0, 777])
        return f"time {self.r.choice(['<', '<='])} {at}s"

    def condition(self, columns: Columns, depth: int) -> str:
        how = self.r.random()
        if depth and how < 0.25:
            joint = self.r.choice([" AND ", " OR ", " or "])
            return f"({self.condition(columns, depth - 1)}{joint}{self.condition(columns, depth - 1)})"
        if columns.tags and how < 0.8:
            return self.on_tag(columns.tags)
        return f"{self.one_number(columns)} {self.r.choice(['>', '<', '>=', '<=', '=', '!=', '<>'])} {self.number()}"

    def on_tag(self, tags: Sequence[str]) -> str:
        tag = self.name(self.r.choice(list(tags))) + ("::tag" if self.chance(0.03) else "")
        if self.chance(0.4):
            return f"{tag} {self.r.choice(['=~', '!~'])} {self.pattern(PATTERNS)}"
        return f"{tag} {self.r.choice(['=', '!=', '<>', '='])} {self.text(self.r.choice(VALUES))}"

    def group_by(self, columns: Columns, *, timed: bool) -> tuple[str, Sequence[str]]:
        parts, kept = [], []
        if timed and self.chance(0.7):
            offset = f", {self.r.choice(['', '-'])}{self.r.choice(['15m', '9h', '1h'])}" if self.chance(0.15) else ""
            parts.append(f"{self.r.choice(['time', 'TIME', 'time'])}({self.duration()}{offset})")
        if columns.tags and self.chance(0.4):
            tag = self.r.choice(list(columns.tags))
            parts.append(self.name(tag))
            kept.append(tag)
        if self.chance(0.12):
            parts.append(self.r.choice(["*", *(f"/{p}/" for p in NAME_PATTERNS)]))
        return (f"{self.space()}{self.word('GROUP')} BY {', '.join(parts)}" if parts else ""), kept

    def tail(self, grouped: bool) -> str:
        out = ""
        if grouped and self.chance(0.35):
            out += f" fill({self.r.choice(['null', 'none', 'previous', 'linear', '0', '-1', '2.5'])})"
        if self.chance(0.2):
            out += f" ORDER BY time{self.r.choice([' DESC', ' ASC', '', ' desc'])}"
        for word, probability in (("LIMIT", 0.2), ("OFFSET", 0.08), ("SLIMIT", 0.06), ("SOFFSET", 0.05)):
            if self.chance(probability):
                out += f" {word} {self.r.choice([0, 1, 2, 3, 10])}"
        if self.chance(0.06):
            out += f" tz('{self.r.choice(['Asia/Tokyo', 'UTC', 'America/St_Johns'])}')"
        return out

    # SHOW

    def show(self) -> str:
        kinds: list[Callable[[], str]] = [
            lambda: "MEASUREMENTS" + self.on() + self.with_measurement() + self.show_measurements_where(),
            lambda: "SERIES" + self.on() + self.from_() + self.show_where(),
            lambda: "TAG KEYS" + self.on() + self.from_() + self.show_where(),
            lambda: "TAG VALUES" + self.on() + self.from_() + self.with_key() + self.show_where(),
        ]
        if not self.plain:
            kinds += [
                lambda: self.r.choice(["DATABASES", "RETENTION POLICIES" + self.on()]),
                lambda: "FIELD KEYS" + self.on() + self.from_(),
                lambda: f"SERIES{self.exact()} CARDINALITY" + self.on() + self.from_() + self.show_where(),
                lambda: f"MEASUREMENT{self.exact()} CARDINALITY" + self.on() + self.from_(),
                lambda: f"TAG KEY{self.exact()} CARDINALITY" + self.on() + self.from_() + self.show_where(),
                lambda: f"FIELD KEY{self.exact()} CARDINALITY" + self.on() + self.from_(),
                lambda: f"TAG VALUES{self.exact()} CARDINALITY" + self.on() + self.from_() + self.with_key(),
                lambda: "TAG KEYS" + self.on() + self.from_() + self.with_key() + self.show_where(),
            ]
        text = f"{self.word('SHOW')} {self.r.choice(kinds)()}"
        if "CARDINALITY" in text or "DATABASES" in text or "POLICIES" in text:
            return text
        return text + self.show_tail()

    def exact(self) -> str:
        return self.r.choice(["", " EXACT"])

    def on(self) -> str:
        return self.r.choice(["", "", "", " ON karte", " ON karte_1h", ' ON "karte"'])

    def from_(self) -> str:
        if self.chance(0.5):
            return ""
        one = self.pattern(MEASUREMENT_PATTERNS) if self.chance(0.2) else self.name(self.measurement())
        return f" FROM {one}" + (f", {self.measurement()}" if self.chance(0.1) else "")

    def with_measurement(self) -> str:
        if self.chance(0.7):
            return ""
        if self.chance(0.5):
            return f" WITH MEASUREMENT =~ {self.pattern(MEASUREMENT_PATTERNS)}"
        return f" WITH MEASUREMENT = {self.measurement()}"

    def with_key(self) -> str:
        keys = [*OWN_TAGS, "path", "asset", "cpu", "mode", "nothing"]
        how = self.r.random()
        if how < 0.5:
            return f" WITH KEY = {self.name(self.r.choice(keys))}"
        if how < 0.7:
            return f" WITH KEY IN ({', '.join(self.name(key) for key in self.r.sample(keys, 3))})"
        if how < 0.8 and not self.plain:
            return f" WITH KEY != {self.name(self.r.choice(keys))}"
        return f" WITH KEY {'=~' if self.plain else self.r.choice(['=~', '!~'])} {self.pattern(NAME_PATTERNS)}"

    def show_where(self) -> str:
        if self.chance(0.6):
            return ""
        parts = [self.on_tag(OWN_TAGS)]
        while self.chance(0.25):
            parts.append(self.on_tag(OWN_TAGS))
        return f" WHERE {self.r.choice([' AND ', ' OR ']).join(parts)}"

    def show_measurements_where(self) -> str:
        # InfluxDB takes `!=` for "has no series with", the service for "has a series without".
        where = self.show_where()
        return "" if self.plain and ("!" in where or "<>" in where) else where

    def show_tail(self) -> str:
        out = ""
        for word, probability in (("LIMIT", 0.15), ("OFFSET", 0.08)):
            if self.chance(probability):
                out += f" {word} {self.r.choice([0, 1, 2, 5])}"
        return out


CONTRACTS = (
    "contract",
    '"contract"',
    "CONTRACT",
    '"Contract"',
    '"con\\tract"',
    '"contract "',
    "contract::tag",
    '"contract"::tag',
    "contract::field",
    "contract::string",
    "/contract/",
    "/^contract$/",
    "/(?i)CONTRACT/",
    "/c.ntr/",
    "/\\x63ontract/",
    "/\\pL/",
    "/./",
    "//",
    "/[^_]/",
    "ｃontract",
    '"сontract"',
    '"contract\u0301"',
    '"contract\u200b"',
    '"contract\\n"',
    '"contract\\""',
    "karte.contract",
    "mem.contract",
    '"karte"."contract"',
    "con/**/tract",
    "$contract",
    '$"contract"',
    "$c",
    "time.contract",
    "_contract",
)
TAUTOLOGIES = (
    " OR 1=1",
    " OR true",
    " OR host != ''",
    " OR host =~ /.*/",
    " OR site !~ /^$/",
    " OR time > 0",
    " OR 'a' = 'a'",
    ") OR (1=1",
    ") OR host =~ /.*/ --",
    "' OR host != '",
    "\\' OR host != \\'",
    "/ OR host =~ /.*",
    "\\/ OR host =~ /.*/",
    " OR contract != ''",
    f" OR contract = '{THEIRS.contract}'",
    f" OR host = '{THEIRS.host(1)}'",
    f" AND host =~ /{THEIRS.mark}/",
    " -- ",
    " /* ",
    " */ ",
    "; SELECT * FROM mem",
    "; SHOW SERIES",
    " OR (used_percent > 0 OR used_percent <= 0)",
    " OR (time = (host = 'x'))",
    " OR NOT host = ''",
    " || 1=1",
    " AND 1=1 OR 2=2",
)
WIDE = (
    "1 = 1",
    "true",
    "host != ''",
    "host =~ /.*/",
    "site !~ /^$/",
    "'a' = 'a'",
    "host = site",
    "host != site",
    "mode = ''",
    "mode != 'x'",
    "nothing = ''",
    "used_percent != 0",
    "(host = 'x' OR host != 'x')",
    "time > 0",
    f"host = '{THEIRS.host(1)}'",
    f"site =~ /{THEIRS.mark}/",
)
SYSTEM = ("_series", "_tagKeys", "_fieldKeys", "_measurements", "_tags", "_name", "_tagKey", "_seriesKey", "_internal")
STATEMENTS = (
    "DROP SERIES FROM mem",
    "DELETE FROM mem",
    "DROP MEASUREMENT mem",
    "CREATE DATABASE x",
    "SHOW USERS",
    "SHOW QUERIES",
    "SHOW SHARDS",
    "SHOW STATS",
    "SHOW DIAGNOSTICS",
    "SHOW GRANTS FOR x",
    "EXPLAIN SELECT * FROM mem",
    "EXPLAIN ANALYZE SELECT * FROM /.*/",
    "SELECT * INTO x FROM mem",
    "KILL QUERY 1",
    "SET PASSWORD FOR x = 'y'",
    "ALTER RETENTION POLICY autogen ON karte DURATION 1h",
)
CHARACTERS: Sequence[str] = (
    *"'\"\\/;,.()*=~!<>+-%&|^$#:`{}[]@?",
    "\0",
    "\r",
    "\n",
    "\t",
    "\x0b",
    "\x1b",
    "\x7f",
    "\x85",
    "\u00a0",
    "\u0301",
    "\u2028",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\uff07",
    "\u2019",
    "\u02bc",
    "µ",
    "ſ",
    "K",
    "😀",
    "\\'",
    '\\"',
    "\\\\",
    "\\/",
    "\\n",
    "\\x",
    "--",
    "/*",
    "*/",
    "::",
    "''",
    '""',
    "//",
    "$x",
)
NUMBERS_TO_BREAK = (
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "9" * 400,
    "9" * 400 + ".5",
    "0.0000000000000000001",
    "1e9",
    "0x10",
    "007",
    "1.",
    "-0",
    "106751d",
    "15250w",
    "9" * 30 + "w",
    "1ns1u1ms1s1m1h1d1w",
    "5µ",
    "0s",
    "1y",
)
PARAMETERS: Sequence[tuple[str, Sequence[str]]] = (
    ("chunked", ("true", "1", "yes", "false", "TRUE")),
    ("chunk_size", ("1", "2", "3", "7", "0", "-1", "abc", "99999999999", "1000000", "1.5", "")),
    ("pretty", ("true", "1", "false")),
    ("epoch", ("ns", "u", "µ", "ms", "s", "m", "h", "", "x", "ns' OR", "n")),
    ("db", ("karte", "karte_1h", "_internal", "", "hostile_1", "KARTE", 'karte"', "karte;", "karte\0", "..")),
    ("rp", ("autogen", "default", "", "x", "autogen\r\nX: y")),
    ("params", ("{}", "[]", "{", "null", '{"c": {"identifier": "contract"}}', '{"a": {"regex": "a/ OR /b"}}')),
    ("q", ("SHOW SERIES",)),
    ("u", ("x",)),
    ("async", ("true",)),
)
BOUND_VALUES: Sequence[Any] = (
    "x' OR host != '",
    "x\\' OR host != \\'",
    'x" OR "host" != "',
    {"identifier": "contract"},
    {"identifier": "host\" != '' OR \"host"},
    {"identifier": "_series"},
    {"regex": ".*"},
    {"regex": "x/ OR host =~ /.*"},
    {"regex": "x\\"},
    {"regex": "x\n"},
    {"duration": "1h) OR (1=1"},
    {"duration": "1h"},
    {"integer": 5},
    {"integer": "5 OR 1=1"},
    {"string": "x"},
    {"float": 1e300},
    1,
    -1,
    1.5,
    True,
    None,
    [],
    {"identifier": "a", "string": "b"},
    "\u0000",
    "\ud83d\ude00",
)


class Mutator:
    """Makes hostile queries of valid ones."""

    def __init__(self, random: Random) -> None:
        self.r = random

    def mutated(self, made: Made) -> Made:
        text = made.text
        bound: dict[str, Any] = dict(made.bound)
        if self.r.random() < 0.5:  # what the grammar takes reaches the engine, which is where there is something to see
            text = self._widened(text)
        else:
            for _ in range(self.r.choice([1, 1, 1, 2, 2, 3])):
                text = self.r.choice(self._ways())(text)
        if "$c" in text or "$contract" in text:
            bound.update({"contract": {"identifier": "contract"}, "c": {"identifier": "contract"}})
        if self.r.random() < 0.1:
            text = self._with_bound(text, bound)
        return Made(text, bound)

    def _ways(self) -> Sequence[Callable[[str], str]]:
        return (
            self._contract,
            self._contract,
            self._tautology,
            self._tautology,
            self._insert,
            self._insert,
            self._delete,
            self._system,
            self._statement,
            self._number,
            self._nest,
            self._swap,
            self._clause,
            self._cut,
            self._comment,
            self._double,
            self._canary,
        )

    def _place(self, text: str) -> int:
        return self.r.randint(0, len(text))

    def _words(self, text: str) -> list[tuple[int, int]]:
        """Return the spans of the words."""
        spans, start = [], None
        for place, sign in enumerate(text + " "):
            if sign.isalnum() or sign in "_\"'":
                start = place if start is None else start
            elif start is not None:
                spans.append((start, place))
                start = None
        return spans

    def _replace_word(self, text: str, new: str) -> str:
        spans = self._words(text)
        if not spans:
            return new
        start, end = self.r.choice(spans)
        return text[:start] + new + text[end:]

    def _widened(self, text: str) -> str:
        """Return the text with a condition that holds for everybody, or a choice of all names; the grammar takes it."""
        for word in (" WHERE ", " where ", " Where "):
            if word in text and self.r.random() < 0.6:
                return text.replace(word, f"{word}{self.r.choice(WIDE)} {self.r.choice(['OR', 'OR', 'AND'])} ", 1)
        old, new = self.r.choice(
            [
                ("FROM ", "FROM /.*/, "),
                ("SELECT ", "SELECT *, "),
                ("SELECT ", "SELECT /.*/, "),
                ("SELECT ", "SELECT *::tag, "),
                ("SELECT ", "SELECT *::field, "),
                ("GROUP BY ", "GROUP BY *, "),
                ("GROUP BY ", "GROUP BY /./, "),
                (" = '", " != '"),
                ("KEY = ", "KEY != "),
                ("LIMIT ", "OFFSET "),
            ]
        )
        return text.replace(old, new)

    def _contract(self, text: str) -> str:
        return self._replace_word(text, self.r.choice(CONTRACTS))

    def _tautology(self, text: str) -> str:
        new = self.r.choice(TAUTOLOGIES)
        at = text.upper().find(" GROUP BY") if self.r.random() < 0.5 else -1
        place = at if at >= 0 else self.r.choice([len(text), self._place(text)])
        return text[:place] + new + text[place:]

    def _insert(self, text: str) -> str:
        place = self._place(text)
        return text[:place] + self.r.choice(CHARACTERS) + text[place:]

    def _delete(self, text: str) -> str:
        place = self._place(text)
        return text[:place] + text[place + self.r.randint(1, 3) :]

    def _system(self, text: str) -> str:
        return self._replace_word(text, self.r.choice(SYSTEM))

    def _statement(self, text: str) -> str:
        parts = [text, self.r.choice(STATEMENTS)]
        self.r.shuffle(parts)
        return ";".join(parts)

    def _number(self, text: str) -> str:
        return self._replace_word(text, self.r.choice(NUMBERS_TO_BREAK))

    def _nest(self, text: str) -> str:
        depth = self.r.choice([1, 2, 5, 23, 25, 40])
        if self.r.random() < 0.5:
            return "SELECT * FROM (" * depth + text + ")" * depth
        place = self._place(text)
        return text[:place] + "(" * depth + text[place:] + ")" * depth

    def _swap(self, text: str) -> str:
        spans = self._words(text)
        if len(spans) < 2:
            return text
        (a, b), (c, d) = sorted(self.r.sample(spans, 2))
        return text[:a] + text[c:d] + text[b:c] + text[a:b] + text[d:]

    def _clause(self, text: str) -> str:
        clauses = (
            " fill(contract)",
            " tz('contract')",
            " ORDER BY contract",
            " GROUP BY contract",
            " AS contract",
            " INTO mem",
            " WITH KEY = contract",
            " WITH KEY IN (contract, host)",
            " WITH KEY =~ /contract/",
            " ON _internal",
            " ON contract",
            " WHERE contract = 'x'",
            " FROM karte_1h../.*/",
            " LIMIT contract",
        )
        return text + self.r.choice(clauses)

    def _cut(self, text: str) -> str:
        return text[: self._place(text)]

    def _comment(self, text: str) -> str:
        place = self._place(text)
        return text[:place] + self.r.choice(["/**/", "/* ' */", "--\n", '/*"*/', "/* -- */", "--'\n"]) + text[place:]

    def _double(self, text: str) -> str:
        start = self._place(text)
        part = text[start : start + self.r.randint(1, 30)]
        place = self._place(text)
        return text[:place] + part + text[place:]

    def _canary(self, text: str) -> str:
        return self._replace_word(text, self.r.choice([f"'{THEIRS.host(1)}'", f"'{OTHERS.host(2)}'", THEIRS.mark]))

    def _with_bound(self, text: str, bound: dict[str, Any]) -> str:
        bound["x"] = self.r.choice(BOUND_VALUES)
        return self._replace_word(text, "$x")

    def parameters(self) -> dict[str, str]:
        """Return odd parameters of a request."""
        if self.r.random() < 0.7:
            return {}
        return {name: self.r.choice(values) for name, values in self.r.sample(PARAMETERS, self.r.randint(1, 3))}


def hostile(random: Random) -> tuple[Made, dict[str, str]]:
    """Return a hostile query and the request's parameters."""
    mutator = Mutator(random)
    return mutator.mutated(Maker(random).query()), mutator.parameters()


RANDOMS = st.randoms(use_true_random=False)

VALID = RANDOMS.map(lambda random: Maker(random).query())
"""Valid queries of every form."""

PLAIN = RANDOMS.map(lambda random: Maker(random, plain=True).query())
"""Valid queries that an engine understands by itself."""

HOSTILE = RANDOMS.map(hostile)
"""Hostile queries, with the request's parameters."""
