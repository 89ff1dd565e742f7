"""From code to JSON: one file a dashboard and language, committed, so that a change can be read."""

import json
from pathlib import Path
from typing import get_args

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from collectors.text import Lang
from dashboards.registry import BOARDS, Entry

GENERATED = Path(__file__).parent / "generated"


def document(entry: Entry, lang: Lang) -> str:
    """Return a dashboard's JSON, the same bytes for the same code."""
    made = json.loads(json.dumps(entry.build(lang).build(), cls=JSONEncoder))
    for number, panel in enumerate(made["panels"], 1):
        panel["id"] = number
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def documents() -> dict[Path, str]:
    """Return the text of every file that there must be."""
    return {
        GENERATED / lang / f"{entry.name}.json": document(entry, lang) for lang in get_args(Lang) for entry in BOARDS
    }


def write() -> list[Path]:
    """Write what differs, remove what is no dashboard any more, and return the files that changed."""
    wanted = documents()
    changed = [path for path, text in wanted.items() if _read(path) != text]
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
    left = _left_over(wanted)
    for path in left:
        path.unlink()
    return sorted([*changed, *left])


def differing() -> list[Path]:
    """Return the files that are not what the code makes."""
    wanted = documents()
    return sorted([*(path for path, text in wanted.items() if _read(path) != text), *_left_over(wanted)])


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _left_over(wanted: dict[Path, str]) -> list[Path]:
    return [path for path in GENERATED.glob("*/*.json") if path not in wanted]
