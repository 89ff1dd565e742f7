import psutil
import pytest

from collectors import psutil_calls
from collectors.input import InputError, NoPermission


def _raise(error: BaseException) -> None:
    raise error


@pytest.mark.parametrize(
    ("error", "expected", "message"),
    [
        (psutil.AccessDenied(), NoPermission, "no permission for psutil.swap_memory"),
        (PermissionError(13, "Permission denied"), NoPermission, "no permission"),
        (OSError(5, "Input/output error"), InputError, "Input/output error"),
        (NotImplementedError("x\ny"), InputError, "psutil.swap_memory failed: NotImplementedError"),
        (RuntimeError("x\ny"), InputError, "psutil.swap_memory failed: RuntimeError"),
    ],
)
def test_it_turns_a_failure_into_one_typed_line(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, expected: type[InputError], message: str
) -> None:
    monkeypatch.setattr(psutil, "swap_memory", lambda: _raise(error))
    with pytest.raises(expected, match=message) as raised:
        psutil_calls.call("swap_memory")
    assert type(raised.value) is expected
    assert "\n" not in str(raised.value)


def test_it_says_so_where_the_system_has_no_such_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(psutil, "swap_memory")
    assert not psutil_calls.availability("swap_memory")().ok
    with pytest.raises(InputError, match="does not exist"):
        psutil_calls.call("swap_memory")


def test_it_passes_the_answer_on() -> None:
    assert psutil_calls.call("cpu_count") == psutil.cpu_count()
