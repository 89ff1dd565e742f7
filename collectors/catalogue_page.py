"""The catalogue as people and programs read it: Markdown and JSON."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from collectors import __version__
from collectors.catalogue_words import INTRO, ITEM_TYPE_NAMES, PERSONAL, TITLE
from collectors.declaration import AGENT_TAGS, STAMPED_TAGS, Field, Measurement, PersonalData, Tag
from collectors.inventory import Inventory, ItemField
from collectors.text import Lang, Text

_STAMPED = Text("ゲートウェイがすべての値に付けるタグ", "Tags that the gateway puts on every value")
_ADDED = Text("エージェントがすべての値に付けるタグ", "Tags that the agent puts on every value")
_INVENTORY = Text("一覧（変化があったときに全体を送る）", "list, sent whole where it changed")
_TAGS = Text("タグ", "Tags")
_HEAD = {
    "name": Text("名前", "Name"),
    "type": Text("型", "Type"),
    "unit": Text("単位", "Unit"),
    "personal": Text("個人情報", "Personal data"),
    "text": Text("内容", "Meaning"),
}

Page = Callable[[Iterable[Measurement], Lang, Iterable[Inventory]], str]
"""Measurements, language and inventories to a text."""


def as_json(measurements: Iterable[Measurement], lang: Lang, inventories: Iterable[Inventory] = ()) -> str:
    """Return the catalogue as a JSON object; texts are in one language."""
    page = {
        "version": __version__,
        "lang": lang,
        "stamped_tags": sorted(STAMPED_TAGS),
        "agent_tags": sorted(AGENT_TAGS),
        "measurements": [_measurement_json(each, lang) for each in measurements],
        "inventories": [_inventory_json(each, lang) for each in inventories],
    }
    return json.dumps(page, ensure_ascii=False, indent=2) + "\n"


def as_markdown(measurements: Iterable[Measurement], lang: Lang, inventories: Iterable[Inventory] = ()) -> str:
    """Return the catalogue as a Markdown page."""
    head = [
        f"# {TITLE.in_(lang)}",
        INTRO.in_(lang),
        f"- {_STAMPED.in_(lang)}: {_codes(sorted(STAMPED_TAGS))}\n- {_ADDED.in_(lang)}: {_codes(sorted(AGENT_TAGS))}",
    ]
    parts = [_measurement_markdown(each, lang) for each in measurements]
    parts += [_inventory_markdown(each, lang) for each in inventories]
    return "\n\n".join(head + parts) + "\n"


FORMATS: Mapping[str, Page] = {"md": as_markdown, "json": as_json}
"""Name of a form -> function that renders it."""


def _measurement_json(declared: Measurement, lang: Lang) -> dict[str, Any]:
    return {
        "name": declared.name,
        "text": declared.text.in_(lang),
        "tags": [{"name": t.name, "text": t.text.in_(lang), "personal": t.personal.value} for t in declared.tags],
        "fields": [
            {
                "name": f.name,
                "type": f.type.value,
                "unit": f.unit,
                "text": f.text.in_(lang),
                "rollup": f.rollup.value,
                "personal": f.personal.value,
            }
            for f in declared.fields
        ],
    }


def _inventory_json(declared: Inventory, lang: Lang) -> dict[str, Any]:
    return {
        "name": declared.name,
        "text": declared.text.in_(lang),
        "fields": [
            {
                "name": f.name,
                "type": ITEM_TYPE_NAMES[f.type],
                "unit": f.unit,
                "text": f.text.in_(lang),
                "personal": f.personal.value,
            }
            for f in declared.fields
        ],
    }


def _measurement_markdown(declared: Measurement, lang: Lang) -> str:
    parts = [f"## {declared.name}", declared.text.in_(lang)]
    if declared.tags:
        parts.append("\n".join([f"{_TAGS.in_(lang)}:\n", *(_tag_line(tag, lang) for tag in declared.tags)]))
    parts.append(_table([_field_row(each, lang) for each in declared.fields], lang))
    return "\n\n".join(parts)


def _inventory_markdown(declared: Inventory, lang: Lang) -> str:
    about = f"{declared.text.in_(lang)} ({_INVENTORY.in_(lang)})"
    return "\n\n".join(
        [f"## {declared.name}", about, _table([_item_row(each, lang) for each in declared.fields], lang)]
    )


def _table(body: list[list[str]], lang: Lang) -> str:
    rows = [[text.in_(lang) for text in _HEAD.values()], ["---"] * len(_HEAD), *body]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _tag_line(tag: Tag, lang: Lang) -> str:
    note = "" if tag.personal is PersonalData.NONE else f" ({PERSONAL[tag.personal].in_(lang)})"
    return f"- `{tag.name}`: {_cell(tag.text.in_(lang))}{note}"


def _field_row(declared: Field, lang: Lang) -> list[str]:
    personal = PERSONAL[declared.personal].in_(lang)
    return [f"`{declared.name}`", declared.type.value, declared.unit, personal, _cell(declared.text.in_(lang))]


def _item_row(declared: ItemField, lang: Lang) -> list[str]:
    personal = PERSONAL[declared.personal].in_(lang)
    kind = ITEM_TYPE_NAMES[declared.type]
    return [f"`{declared.name}`", kind, declared.unit, personal, _cell(declared.text.in_(lang))]


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
