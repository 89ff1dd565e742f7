"""What gateway tests share: a small allow-list, rules and lines."""

import pytest

from api.gateway.batch import Rules
from api.gateway.grant import WriteGrant
from api.gateway.schema import Schema, build_schema
from api.gateway.window import window
from collectors.declaration import Field, FieldType, Measurement, Tag
from collectors.text import Text

NOW_S = 1_900_000_000
TEXT = Text("試験", "test")
GRANT = WriteGrant("c-1", "s-1", "d-1")
DECLARED = (
    Measurement(
        "disk",
        TEXT,
        (Tag("path", TEXT), Tag("fstype", TEXT)),
        (Field("total", FieldType.INTEGER, TEXT), Field("used_percent", FieldType.FLOAT, TEXT)),
    ),
    Measurement(
        "printer",
        TEXT,
        (Tag("asset", TEXT),),
        (
            Field("status", FieldType.STRING, TEXT),
            Field("online", FieldType.BOOLEAN, TEXT),
            Field("pages", FieldType.INTEGER, TEXT),
        ),
    ),
    Measurement(
        "system",
        TEXT,
        (),
        tuple(Field(name, FieldType.FLOAT, TEXT) for name in ("load1", "load5", "load15")),
    ),
)


@pytest.fixture(scope="session")
def schema() -> Schema:
    return build_schema(DECLARED)


@pytest.fixture
def rules(schema: Schema) -> Rules:
    return Rules(schema, GRANT, window("ns", NOW_S, 35, 600), 64 * 1024)
