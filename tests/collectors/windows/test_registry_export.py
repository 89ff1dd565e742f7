from hypothesis import given
from hypothesis import strategies as st

from collectors.windows.registry_export import is_registry_export, read_registry_export

EXPORT = r"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SOFTWARE\Example]
"Switch"=dword:0000002a
"Path"="C:\\Program Files\\\"x\""
"Blob"=hex:00,01,\
  02,03
@="default"

[-HKEY_LOCAL_MACHINE\SOFTWARE\Removed]
"Gone"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Example\Sub]
"Cut"=dword:0000
"""


def test_it_reads_numbers_and_strings_and_leaves_out_the_rest() -> None:
    assert is_registry_export("\ufeff" + EXPORT)
    assert read_registry_export(EXPORT.replace("\n", "\r\n")) == {
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example": {"switch": 42, "path": 'C:\\Program Files\\"x"'},
        "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example\\Sub": {},
    }


@given(st.integers(0, len(EXPORT)))
def test_it_never_reads_another_number_from_a_cut_export(length: int) -> None:
    values = read_registry_export(EXPORT[:length]).get("HKEY_LOCAL_MACHINE\\SOFTWARE\\Example", {})
    assert values.get("switch", 42) == 42


def test_it_reads_strings_that_are_written_as_bytes() -> None:
    text = r"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SOFTWARE\Example]
"Name"=hex(2):a2,30,d7,30,\
  ea,30,00,00
"Cut"=hex(2):c2,30,d7
"Other"=hex(7):41,00,00,00,00,00
"""

    assert read_registry_export(text) == {"HKEY_LOCAL_MACHINE\\SOFTWARE\\Example": {"name": "アプリ"}}


def test_it_reads_them_in_exports_of_old_systems() -> None:
    text = 'REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\Example]\n"Name"=hex(2):83,41,83,76,83,8a,00\n'

    assert read_registry_export(text) == {"HKEY_LOCAL_MACHINE\\Example": {"name": "アプリ"}}
