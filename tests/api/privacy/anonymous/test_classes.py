"""What may leave, by the catalogue as it is."""

import pytest

from api.privacy.anonymous.classes import CLASSES, TRAITS, WORDS, Use, layout
from collectors.catalogue import measurements
from collectors.declaration import Field, FieldType, Measurement, PersonalData, Tag
from collectors.text import Text

ALL = list(measurements().values())


@pytest.mark.parametrize("declared", ALL, ids=lambda declared: declared.name)
@pytest.mark.parametrize("is_raw", [True, False])
def test_no_personal_data_and_no_free_text_leaves(declared: Measurement, is_raw: bool) -> None:
    personal = {each.name for each in declared.fields if each.personal is not PersonalData.NONE}
    texts = {each.name for each in declared.fields if each.type is FieldType.STRING}
    found = layout(declared, is_raw=is_raw)
    for column in found.columns:
        base = column.name if is_raw or column.is_tag else column.name.rpartition("_")[0]
        if not column.is_tag and column.use is Use.NUMBER:
            assert base not in personal
            assert base not in texts
        elif column.is_tag:
            assert not any(t.name == base and t.personal is not PersonalData.NONE for t in declared.tags)
            assert base in WORDS or base in TRAITS
        else:
            assert not any(f.name == base and f.personal is not PersonalData.NONE for f in declared.fields)
            assert base in WORDS or base in TRAITS
    names = [column.name for column in found.columns]
    assert len(names) == len(set(names))
    assert not {"host", "contract", "site", "device", "asset"} & set(names)


def test_all_that_does_not_leave_says_why() -> None:
    for declared in ALL:
        found = layout(declared, is_raw=True)
        told = {each.name for each in found.dropped} | {column.name for column in found.columns}
        assert told == {tag.name for tag in declared.tags} | {field.name for field in declared.fields}


def test_every_class_is_decided() -> None:
    assert set(CLASSES) == set(PersonalData)


def test_what_is_declared_tomorrow_stays_until_somebody_thought_about_it() -> None:
    text = Text("新しい", "new")
    declared = Measurement(
        "new_thing",
        text,
        (Tag("owner_desk", text), Tag("state", text)),
        (Field("note", FieldType.STRING, text), Field("size", FieldType.INTEGER, text)),
    )
    found = layout(declared, is_raw=True)
    assert [column.name for column in found.columns] == ["state", "size"]
    assert [each.name for each in found.dropped] == ["owner_desk", "note"]
