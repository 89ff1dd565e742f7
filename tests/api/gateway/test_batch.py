"""The fast ways through a batch must agree with the slow one, whatever is sent."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.gateway.batch import MAX_REFUSED, Batch, Rules, TooLarge, read_batch
from api.gateway.grant import WriteGrant
from api.gateway.judge import judge
from api.gateway.lineprotocol import BadLine, content, line_at
from api.gateway.patterns import ShapeBook
from api.gateway.schema import build_schema
from api.gateway.series import SeriesMemory, SeriesTable
from api.gateway.window import PRECISIONS, window
from tests.api.gateway.conftest import DECLARED, GRANT, NOW_S

NOW_NS = NOW_S * 10**9
RULES = Rules(build_schema(DECLARED), GRANT, window("ns", NOW_S, 35, 600), 64 * 1024)


def judged(body: bytes, rules: Rules) -> Batch:
    """The reference: every line by `judge`, nothing remembered."""
    batch, out, number, position = Batch(), [], 1, 0
    times: list[int] = []
    body = body.replace(b"\r\n", b"\n")
    while position <= len(body):
        line = line_at(body, position, rules.max_line_bytes)
        inner = content(line)
        try:
            if inner:
                verdict = judge(inner, rules.schema, rules.grant, rules.window)
                out.append(verdict.stored)
                if verdict.time:
                    times.append(int(verdict.time))
                batch.dropped_tags += verdict.dropped_tags
                batch.dropped_fields += verdict.dropped_fields
        except BadLine as reason:
            batch.refused.append((number, str(reason)))
        number += line.count(b"\n") + 1
        position += len(line) + 1
    batch.stored, batch.lines, batch.oldest = b"\n".join(out), len(out), min(times, default=None)
    return batch


def by_series(batch: Batch) -> dict[bytes, list[bytes]]:
    """Stored lines in their order, series by series; the order of series among each other says nothing."""
    found: dict[bytes, list[bytes]] = {}
    for line in filter(None, batch.stored.split(b"\n")):
        found.setdefault(line.partition(b" ")[0], []).append(line)
    return found


def assert_same(got: Batch, wanted: Batch) -> None:
    assert by_series(got) == by_series(wanted)
    assert replace(got, stored=b"") == replace(wanted, stored=b"")


HEADS = st.sampled_from(
    [
        b"disk,path=/",
        b"disk,path=/home,fstype=ext4",
        b"disk,fstype=ext4,path=/home",
        b"disk,contract=c-2,path=/",
        b"disk,path=/,device=d-9,site=x,contract=",
        b"disk,label=x,path=/",
        rb"disk,path=/My\ Files,host=pc\,1",
        rb"disk,path=\C:",
        rb"disk,path=C:\\",
        b'disk,path="/',
        b"disk,path=/,path=/",
        "printer,asset=複合機".encode(),
        b"printer,asset=\xff",
        b"printer",
        b"unknown,host=a",
        b"# disk",
        b"",
    ]
)
VALUES = st.sampled_from(
    [
        b"1",
        b"-2.5",
        b"1e300",
        b"1e400",
        b"1.5e-7",
        b"1e",
        b"1i",
        b"-9223372036854775808i",
        b"99999999999999999999i",
        b"5u",
        b"NaN",
        b"true",
        b"F",
        b"tru",
        b'"ok"',
        b'"a b, c=d"',
        rb'"q\"uo\\te\n"',
        b'"two\nlines"',
        b'"open',
        '"紙詰まり"'.encode(),
        b'"\x01"',
        b"",
    ]
)
NAMES = st.sampled_from([b"total", b"used_percent", b"status", b"online", b"pages", b"extra", rb"ex\ tra"])
GOOD_FIELDS = st.sampled_from(
    [
        b"total=5i",
        b"total=5i,used_percent=1.25",
        b"used_percent=3,total=6i",
        b"total=5i,extra=1,used_percent=2",
        b'status="ready, set",online=true',
        b"pages=7i",
    ]
)
FIELDS = GOOD_FIELDS | st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=3).map(
    lambda pairs: b",".join(b"%b=%b" % pair for pair in pairs)
)
TIMES = st.sampled_from(
    [
        b" %d" % NOW_NS,
        b" %d" % (NOW_NS - 1),
        b" %d" % (NOW_NS + 599 * 10**9),
        b" %d" % (NOW_NS + 601 * 10**9),
        b" %d" % (NOW_NS - 36 * 86400 * 10**9),
        b" 1700",
        b" 0%d" % NOW_NS,
        b" -1",
        b" now",
        b"",
        b" ",
    ]
)
ENDS = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\n\n", b" \n"])
LINES = st.tuples(HEADS, st.sampled_from([b" ", b" ", b" ", b"  "]), FIELDS, TIMES, ENDS).map(b"".join)
GOOD_LINES = st.tuples(
    st.sampled_from([b"disk,path=/", rb"disk,path=/My\ Files", b"printer,asset=m1"]),
    st.just(b" "),
    GOOD_FIELDS,
    st.sampled_from([b" %d" % NOW_NS, b" %d" % (NOW_NS - 7)]),
    st.just(b"\n"),
).map(b"".join)
BODIES = st.lists(LINES, max_size=12).map(b"".join) | st.lists(GOOD_LINES, min_size=1, max_size=30).map(b"".join)


@settings(max_examples=400, deadline=None)
@given(st.lists(BODIES | st.binary(max_size=60), min_size=1, max_size=4))
def test_it_stores_and_refuses_the_same_however_much_it_remembers(bodies: list[bytes]) -> None:
    table = SeriesTable(ShapeBook())
    for body in [*bodies, *bodies]:
        assert_same(read_batch(body, RULES, table), judged(body, RULES))


@settings(max_examples=300, deadline=None)
@given(BODIES, st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_it_agrees_on_damaged_lines_of_known_series(body: bytes, where: int, what: bytes) -> None:
    table = SeriesTable(ShapeBook())
    read_batch(body, RULES, table)
    at = where % (len(body) + 1)
    damaged = body[:at] + what + body[at + len(what) :]
    assert_same(read_batch(damaged, RULES, table), judged(damaged, RULES))


KNOWN_HEADS = [
    b"disk,path=/",
    b"disk,path=/home,fstype=ext4",
    b"disk,fstype=ext4,path=/home",
    b"disk,label=x,path=/srv",
    rb"disk,path=/My\ Files",
    b"printer,asset=m1",
    b"system",
]
KNOWN_FIELDS = {
    b"disk": [b"total=5i,used_percent=1.25", b"total=5i"],
    b"printer": [b'status="x",online=t', b"pages=1i"],
    b"system": [b"load1=1,load5=2,load15=3"],
}
EVERYTHING_KNOWN = b"".join(
    b"%b %b %d\n" % (head, fields, NOW_NS) for head in KNOWN_HEADS for fields in KNOWN_FIELDS[head.partition(b",")[0]]
)
INTEGERS = st.sampled_from(b"0i -7i 999999999999999999i 9223372036854775807i 9223372036854775808i 5 i 1i2 5.i".split())
FLOATS = st.sampled_from(
    [*b"0 -1.5 1. 1e-05 1e+30 1e 1e+ 1-5 1..2 1e308 1e309 .5 - 1.5x 0x1 1,1 1e5e5 --1 +1 1i".split(), b"", b"9" * 41]
)
STRINGS = st.sampled_from(
    [
        b'"a b"',
        b'"x, y=1 2"',
        rb'"\""',
        rb'"\\"',
        rb'"\"',
        b'"\xff"',
        b'"\x1b"',
        b'"\t"',
        b'""',
        b'"a"b"',
        b"plain",
        b'"',
    ]
)
NEAR_GOOD = st.one_of(
    st.tuples(
        st.sampled_from(KNOWN_HEADS[:5]), st.tuples(INTEGERS, FLOATS).map(lambda v: b"total=%b,used_percent=%b" % v)
    ),
    st.tuples(st.sampled_from(KNOWN_HEADS[:5]), INTEGERS.map(lambda v: b"total=%b" % v)),
    st.tuples(st.just(KNOWN_HEADS[5]), STRINGS.map(lambda v: b"status=%b,online=t" % v)),
    st.tuples(
        st.just(KNOWN_HEADS[6]),
        st.tuples(*[st.sampled_from([b"1", b"5", b"15", b"2", b"51", b"11"])] * 3, FLOATS).map(
            lambda v: b"load%b=1,load%b=2,load%b=%b" % v
        ),
    ),
    st.tuples(st.just(KNOWN_HEADS[6]), FLOATS.map(lambda v: b"load1=1,load5=2,load15=%b" % v)),
)
NEAR_TIMES = st.sampled_from(
    [b"%d" % NOW_NS] * 6
    + [
        b"%d" % RULES.window.oldest,
        b"%d" % (RULES.window.oldest - 1),
        b"%d" % RULES.window.newest,
        b"%d" % (RULES.window.newest + 1),
        b"%d" % (NOW_NS // 10),
        b"%d0" % NOW_NS,
        b"x" * 19,
    ]
)


@settings(max_examples=1000, deadline=None)
@given(st.lists(st.tuples(NEAR_GOOD, NEAR_TIMES), min_size=1, max_size=5))
def test_it_is_not_fooled_by_lines_that_look_like_known_ones(parts: list[tuple[tuple[bytes, bytes], bytes]]) -> None:
    table = SeriesTable(ShapeBook())
    assert read_batch(EVERYTHING_KNOWN, RULES, table).refused == []
    body = b"".join(b"%b %b %b\n" % (head, fields, time) for (head, fields), time in parts)
    assert_same(read_batch(body, RULES, table), judged(body, RULES))


@settings(max_examples=200, deadline=None)
@given(BODIES | st.binary(max_size=100))
def test_it_lets_no_line_out_that_is_not_stamped(body: bytes) -> None:
    table = SeriesTable(ShapeBook())
    for _ in range(2):
        for line in read_batch(body, RULES, table).stored.split(b"\n"):
            if line:
                head = line.replace(b"\\ ", b"").partition(b" ")[0]
                assert head.count(b",contract=") == 1
                assert b",contract=c-1" in head
                assert b",device=d-1" in head
                assert b",site=s-1" in head


def test_it_takes_known_lines_in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"".join(
        b'disk,path=%b total=5i,used_percent=1.5 %d\nprinter,asset=a\\ b status="x y" %d\nsystem load1=1.5 %d\n'
        % (path, t, t, t)
        for path in (b"/", b"/srv")
        for t in range(NOW_NS - 50, NOW_NS)
    )
    table = SeriesTable(ShapeBook())
    first = read_batch(body, RULES, table)
    monkeypatch.setattr("api.gateway.batch._Careful", None)
    assert_same(read_batch(body, RULES, table), first)
    assert (first.lines, first.refused) == (300, [])


def test_it_takes_no_line_as_it_is_of_which_something_must_be_left_out() -> None:
    allowed = RULES.schema[b"disk"]
    book = ShapeBook()
    plain, more = (book.compile(allowed, names) for names in ((b"total",), (b"total", b"extra")))
    assert book.block((more, plain), 19).holds(b"\ntotal=1i %d" % NOW_NS)
    assert not book.block((more, plain), 19).holds(b"\ntotal=1i,extra=1 %d" % NOW_NS)
    assert not book.block((more,), 19).holds(b"\n %d" % NOW_NS)


def test_it_keeps_the_order_of_a_series_in_two_spellings() -> None:
    body = b"".join(
        b"disk,path=/,fstype=x total=%di %d\ndisk,fstype=x,path=/ total=%di %d\n" % (n, NOW_NS, n + 1, NOW_NS)
        for n in range(0, 10, 2)
    )
    table = SeriesTable(ShapeBook())
    for _ in range(2):
        values = [line.split(b" ")[1] for line in read_batch(body, RULES, table).stored.strip().split(b"\n")]
        assert values == [b"total=%di" % n for n in range(10)]


def test_it_counts_tags_left_out_of_every_line() -> None:
    body = b"".join(b"disk,label=x,zone=y,contract=z,path=/ total=%di %d\n" % (n, NOW_NS) for n in range(10))
    table = SeriesTable(ShapeBook())
    for _ in range(2):
        assert read_batch(body, RULES, table).dropped_tags == 20


def test_it_gives_no_contract_the_stamp_of_another() -> None:
    memory = SeriesMemory()
    grants = [WriteGrant(f"c-{i}", f"s-{j}", f"d-{k}") for i in range(3) for j in range(2) for k in range(2)]
    body = b"disk,contract=c-0,device=d-0,path=/ total=5i %d\n" % NOW_NS
    for _ in range(3):
        for grant in grants:
            batch = read_batch(body, replace(RULES, grant=grant), memory.table(grant))
            stamp = f"disk,contract={grant.contract},device={grant.device},path=/,site={grant.site} total=5i {NOW_NS}"
            assert batch.stored.strip() == stamp.encode()


def test_it_stamps_anew_when_a_device_moves() -> None:
    memory = SeriesMemory()
    body = b"disk,path=/ total=5i %d\n" % NOW_NS
    for site in ("s-1", "s-2", "s-1"):
        grant = replace(GRANT, site=site)
        stored = read_batch(body, replace(RULES, grant=grant), memory.table(grant)).stored
        assert f"site={site} ".encode() in stored


def test_it_leaves_out_what_the_catalogue_lacks_and_counts_it() -> None:
    body = b"disk,path=/,label=x total=5i,extra=1,used_percent=2 %d" % NOW_NS
    table = SeriesTable(ShapeBook())
    for _ in range(2):
        batch = read_batch(body, RULES, table)
        assert (
            batch.stored.strip() == b"disk,contract=c-1,device=d-1,path=/,site=s-1 total=5i,used_percent=2 %d" % NOW_NS
        )
        assert (batch.dropped_tags, batch.dropped_fields) == (1, 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"docker,host=a cpu=1", "measurement 'docker' is not in the catalogue"),
        (b"disk total=5", "field 'total' of 'disk' is integer in the catalogue, got float"),
        (b"disk used_percent=5i", "field 'used_percent' of 'disk' is float in the catalogue, got integer"),
        (b'printer online="yes"', "got string"),
        (b"disk extra=1", "no field of 'disk' is in the catalogue: 'extra'"),
        (b"disk total=5i 1700000000", "older than the retention"),
        (b"disk total=5i %d" % (NOW_NS + 601 * 10**9), "in the future"),
        (b"disk,path=" + b"x" * 40_000 + b" total=5i", "series key is longer"),
    ],
)
def test_it_tells_line_number_and_reason(line: bytes, reason: str) -> None:
    batch = read_batch(b"\n# note\n" + line + b"\ndisk total=1i\n", RULES, SeriesTable(ShapeBook()))
    assert batch.lines == 1
    ((number, told),) = batch.refused
    assert number == 3
    assert reason in told


def test_it_counts_line_numbers_past_a_string_of_several_lines() -> None:
    body = b'printer status="a\nb\nc"\nnope x=1\n'
    batch = read_batch(body, RULES, SeriesTable(ShapeBook()))
    assert batch.stored == b'printer,contract=c-1,device=d-1,site=s-1 status="a b c"'
    assert [number for number, _reason in batch.refused] == [4]


@pytest.mark.parametrize("precision", sorted(PRECISIONS))
def test_it_knows_every_precision(precision: str) -> None:
    forwarded, factor, per_second = PRECISIONS[precision]
    rules = replace(RULES, window=window(precision, NOW_S, 35, 600))
    sent = NOW_S * per_second // factor
    table = SeriesTable(ShapeBook())
    for _ in range(2):
        batch = read_batch(b"disk total=5i %d\ndisk total=6i 17\n" % sent, rules, table)
        assert batch.stored.endswith(b" total=5i %d" % (sent * factor))
        assert len(batch.refused) == 1
    assert rules.window.precision == forwarded


def test_it_refuses_a_line_beyond_the_limit_by_name() -> None:
    rules = replace(RULES, max_line_bytes=100)
    with pytest.raises(TooLarge, match="line 2 has 109 bytes; the limit is 100 bytes a line"):
        read_batch(b"disk total=1i\n" + b"x" * 109 + b"\n", rules, SeriesTable(ShapeBook()))


def test_it_gives_up_on_a_body_of_rubbish() -> None:
    with pytest.raises(TooLarge, match="lines are bad"):
        read_batch(b"x\n" * (MAX_REFUSED + 1), RULES, SeriesTable(ShapeBook()))


def test_it_stays_within_its_memory_and_still_answers_right() -> None:
    memory = SeriesMemory(max_bytes=20_000)
    for i in range(200):
        grant = replace(GRANT, device=f"d-{i}")
        body = b"".join(b"disk,path=/%d total=5i %d\n" % (n, NOW_NS) for n in range(i % 40 + 1))
        batch = read_batch(body, replace(RULES, grant=grant), memory.table(grant))
        assert batch.lines == i % 40 + 1
        assert batch.stored.count(b"device=d-%d," % i) == batch.lines
    held = sum(table.cost for table in memory._tables.values())
    assert held < 20_000 + 40 * 1200


@pytest.mark.parametrize("precision", sorted(PRECISIONS))
def test_it_tells_the_oldest_time_of_what_it_stores(precision: str) -> None:
    _forwarded, factor, per_second = PRECISIONS[precision]
    rules = replace(RULES, window=window(precision, NOW_S, 35, 600))
    now = NOW_S * per_second // factor
    table = SeriesTable(ShapeBook())
    body = b"disk total=5i %d\ndisk total=6i %d\nnope x=1 %d\nprinter pages=1i\n" % (now, now - 2, now - 3)
    for _ in range(2):
        assert read_batch(body, rules, table).oldest == (now - 2) * factor
    assert read_batch(b"printer pages=1i\n", rules, table).oldest is None
    assert read_batch(b"", rules, table).oldest is None


def test_it_tells_the_oldest_time_of_lines_taken_in_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    times = [NOW_NS - 5, NOW_NS - 90, NOW_NS]
    body = b"".join(b"disk,path=/ total=5i %d\nsystem load1=1 %d\n" % (time, time + 1) for time in times)
    table = SeriesTable(ShapeBook())
    read_batch(body, RULES, table)
    monkeypatch.setattr("api.gateway.batch._Careful", None)
    assert read_batch(body, RULES, table).oldest == NOW_NS - 90
