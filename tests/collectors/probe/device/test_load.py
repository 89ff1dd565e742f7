import json
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
import yaml

from collectors.probe.device.identify import columns_to_ask, enterprises, objects_to_ask
from collectors.probe.device.load import (
    BUILT_IN,
    KINDS_DIRECTORY,
    STANDARDS_DIRECTORY,
    KindError,
    json_schema,
    kinds,
    load,
    standards,
)
from collectors.probe.device.schema import Kind, KindFile, Rules

FILES = sorted([*KINDS_DIRECTORY.glob("*.yaml"), *STANDARDS_DIRECTORY.glob("*.yaml")])

GOOD = """\
id: acme
about: an example
maker: Acme
kind: router
match:
  - object_id: [1.3.6.1.4.1.99999]
values:
  - {to: system.model, oid: 1.3.6.1.4.1.99999.1.0}
tables:
  - columns: {name: 1.3.6.1.4.1.99999.2.1.1, value: 1.3.6.1.4.1.99999.2.1.2}
    sensors:
      - {name: '{name}', kind: temperature, value: {column: value}}
"""


def load_text(tmp_path: Path, text: str, name: str = "acme") -> KindFile:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, KindFile)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_has_files_named_by_their_id(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["id"] == path.stem


@pytest.mark.parametrize("path", sorted(KINDS_DIRECTORY.glob("*.yaml")), ids=lambda path: path.stem)
def test_it_has_files_that_its_schema_accepts(path: Path) -> None:
    # Numbers as keys are text in JSON.
    data = json.loads(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8"))))
    jsonschema.validate(data, json_schema())


def test_it_loads_all_files() -> None:
    assert {each.id for each in kinds()} >= {"printer", "router", "switch", "nas", "pbx", "ups", "server"}
    assert "ups_mib" in standards()
    assert not BUILT_IN & set(standards())
    assert all(each.match for each in kinds())
    assert objects_to_ask()
    assert columns_to_ask()
    assert enterprises()[1182] == "Yamaha"


def test_it_has_a_file_for_every_kind() -> None:
    assert set(get_args(Kind)) <= {each.id for each in kinds() if each.kind == each.id and not each.maker}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("maker:", "makre:"), "acme.yaml:3: unknown key 'makre'; did you mean 'maker'?"),
        (("sensors:", "sensor:"), "acme.yaml:11: unknown key 'sensor'; did you mean 'sensors'?"),
        (("kind: temperature", "knid: temperature"), "acme.yaml:12: unknown key 'knid'; did you mean 'kind'?"),
        (
            ("to: system.model", "to: system.modle"),
            "acme.yaml:8: values cannot go to 'system.modle'; did you mean 'system.model'?",
        ),
        (("column: value", "column: valeu"), "acme.yaml:10: no column 'valeu' here"),
        (("kind: router", "kind: toaster"), "acme.yaml:4: Invalid enum value 'toaster' - at `$.kind`"),
        (("id: acme", "id: acne"), "acme.yaml:1: id 'acne' is not the file's name"),
        (
            ("oid: 1.3.6.1.4.1.99999.1.0", "oid: 1.3.6.1.4.1.99999.1.0, pattern: '('"),
            "acme.yaml:8: '(': missing ), unterminated subpattern at position 0",
        ),
        (
            ("oid: 1.3.6.1.4.1.99999.1.0", "oid: 1.3.6.1.4.1.99999.1.0, pattern: 'x'"),
            "acme.yaml:8: 'x' has no group named value, or number and unit",
        ),
        (("id: acme", "id: [acme"), "acme.yaml:2: did not find expected ',' or ']'"),
    ],
)
def test_it_names_file_line_and_nearest_key(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    assert load_text(tmp_path, GOOD).maker == "Acme"
    with pytest.raises(KindError) as failure:
        load_text(tmp_path, GOOD.replace(*change, 1))
    assert str(failure.value) == message


def test_it_refuses_oids_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(KindError, match=r"acme\.yaml:8: .*regex"):
        load_text(tmp_path, GOOD.replace("oid: 1.3.6.1.4.1.99999.1.0", "oid: sysDescr.0"))


def test_it_takes_no_matches_in_standards(tmp_path: Path) -> None:
    path = tmp_path / "mib.yaml"
    path.write_text("id: mib\nabout: an example\nkind: router\n", encoding="utf-8")
    with pytest.raises(KindError, match=r"mib\.yaml:3: unknown key 'kind'"):
        load(path, Rules)
