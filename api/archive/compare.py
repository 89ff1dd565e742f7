"""What an archive holds compared with what it must hold. No I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from api.archive.entry import (
    NO_PREVIOUS,
    Added,
    Entry,
    Removed,
    decode,
    entry_key,
    object_key,
    sha256,
    still_there,
)
from collectors.text import Text


@dataclass(frozen=True, slots=True)
class Row:
    """A report as lists show it.

    Attributes:
        period: YYYY-MM or YYYY-Www.
        lang: its language.
        edition: which one.
        files: kind -> SHA-256.
        is_removed: whether its files are gone.
        is_purged: whether they were deleted.
    """

    period: str
    lang: str
    edition: int
    files: Mapping[str, str]
    is_removed: bool
    is_purged: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of a contract's archive.

    Attributes:
        entries: number -> SHA-256 and bytes.
        announced: number -> SHA-256 of entries that somebody was about to write.
        announced_files: SHA-256 of the files of these.
        rows: number of the entry that added it -> a report as lists show it.
    """

    entries: Mapping[int, tuple[str, bytes]]
    announced: Mapping[int, frozenset[str]]
    announced_files: frozenset[str]
    rows: Mapping[int, Row]


@dataclass(frozen=True, slots=True)
class Found:
    """What the store holds of a contract.

    Attributes:
        entries: number -> bytes.
        objects: SHA-256 that is a file's name -> SHA-256 of what is in it.
        others: keys that are neither.
    """

    entries: Mapping[int, bytes]
    objects: Mapping[str, str]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it must be.

    Attributes:
        key: where, in the store; or what in the database.
        text: what is wrong.
        is_harmless: it was left by a process that was killed, and is cleared up by itself.
    """

    key: str
    text: Text
    is_harmless: bool = False


def compare(contract: str, known: Known, found: Found) -> list[Fault]:
    """Return all that is changed, missing, added or out of order, in order of the chain."""
    entries = dict(_read(known))
    return [
        *_own_faults(contract, known),
        *_chain_faults(contract, known, found),
        *_file_faults(contract, known, found, entries),
        *_row_faults(known, entries),
        *(Fault(key, Text("余分なファイルです", "is a file that does not belong there")) for key in found.others),
    ]


def _read(known: Known) -> Iterator[tuple[int, Entry]]:
    for number, (_digest, body) in sorted(known.entries.items()):
        try:
            yield number, decode(body)
        except ValueError:  # told by `_own_faults`
            continue


def _own_faults(contract: str, known: Known) -> Iterator[Fault]:
    """Look at the database's own copy of the chain."""
    previous, expected = NO_PREVIOUS, 1
    for number, (digest, body) in sorted(known.entries.items()):
        where = f"report_entry {contract} {number}"
        if number != expected:
            yield Fault(
                where, Text(f"データベースに {expected} 番がありません", f"the database lacks entry {expected}")
            )
            previous = ""
        try:
            entry = decode(body)
        except ValueError:
            entry = None
        is_itself = (
            entry is not None and sha256(body) == digest and (entry.contract, entry.number) == (contract, number)
        )
        if not is_itself or (previous and entry is not None and entry.previous != previous):
            yield Fault(
                where,
                Text("データベースの控えが書き換えられています", "the database's copy of the entry was changed"),
            )
        previous, expected = digest, number + 1


def _chain_faults(contract: str, known: Known, found: Found) -> Iterator[Fault]:
    numbers = {digest: number for number, (digest, _body) in known.entries.items()}
    last = max(found.entries, default=0)
    for number in sorted({*known.entries, *found.entries}):
        key, body = entry_key(contract, number), found.entries.get(number)
        if body is None:
            if number > last:
                yield Fault(key, Text("末尾の項目が切り取られています", "the chain was cut off: the entry is missing"))
            else:
                yield Fault(key, Text("項目がありません", "the entry is missing"))
            continue
        digest = sha256(body)
        if number in known.entries:
            if digest == known.entries[number][0]:
                continue
            at = numbers.get(digest)
            if at is not None:
                yield Fault(
                    key,
                    Text(
                        f"順序が変わっています（ここにあるのは {at} 番）", f"the order was changed: this is entry {at}"
                    ),
                )
            else:
                yield Fault(key, Text("項目が書き換えられています", "the entry was changed"))
        elif digest in known.announced.get(number, frozenset()):
            yield Fault(
                key,
                Text(
                    "書き込みが途中で終わりました（次の作成時に登録されます）",
                    "a write was cut off; it is noted next time",
                ),
                is_harmless=True,
            )
        else:
            yield Fault(key, Text("記録にない項目です", "the entry was added: nobody announced it"))


def _file_faults(contract: str, known: Known, found: Found, entries: Mapping[int, Entry]) -> Iterator[Fault]:
    wanted: dict[str, str] = {}
    for added in still_there(entries).values():
        wanted |= {file.sha256: f"{added.period} {added.lang} {kind}" for kind, file in added.files.items()}
    for digest, what in wanted.items():
        key = object_key(contract, digest)
        if digest not in found.objects:
            yield Fault(key, Text(f"ファイルがありません（{what}）", f"the file is missing ({what})"))
        elif found.objects[digest] != digest:
            yield Fault(key, Text(f"ファイルが書き換えられています（{what}）", f"the file was changed ({what})"))
    pending = {
        digest for row in known.rows.values() if row.is_removed and not row.is_purged for digest in row.files.values()
    }
    for digest in found.objects.keys() - wanted.keys():
        key = object_key(contract, digest)
        if digest in pending:
            text = Text("消去が途中で終わりました（自動で続けます）", "its removal was cut off; it goes on by itself")
            yield Fault(key, text, is_harmless=True)
        elif digest in known.announced_files:
            text = Text(
                "書き込みが途中で終わりました（自動で片付けます）", "a write was cut off; it is cleared by itself"
            )
            yield Fault(key, text, is_harmless=True)
        else:
            yield Fault(key, Text("余分なファイルです", "the file was added: no entry names it"))


def _row_faults(known: Known, entries: Mapping[int, Entry]) -> Iterator[Fault]:
    removed = {entry.event.added for entry in entries.values() if isinstance(entry.event, Removed)}
    expected = {
        number: (_told(entry.event), number in removed)
        for number, entry in entries.items()
        if isinstance(entry.event, Added)
    }
    for number in sorted({*expected, *known.rows}):
        row = known.rows.get(number)
        shown = ((row.period, row.lang, row.edition, dict(row.files)), row.is_removed) if row else None
        if shown != expected.get(number):
            yield Fault(
                f"report {number}",
                Text("一覧の内容が記録と異なります", "the list of reports does not show what the entry says"),
            )


def _told(added: Added) -> tuple[str, str, int, dict[str, str]]:
    return added.period, added.lang, added.edition, {kind: file.sha256 for kind, file in added.files.items()}
