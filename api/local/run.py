"""`karte up` from its start to its end: lock, stack, signals, one cycle or running on."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from api.influx.engine import EngineError
from api.local.gatewaywriter import GatewayRefused
from api.local.lock import AlreadyRunning, DirectoryLock, Holder
from api.local.service import PortTaken, listen
from api.local.stack import Options, Stack
from api.local.state import State, load_state
from api.local.supervisor import ChildError
from api.told import ToldError
from collectors.text import Text

Work = Callable[[Stack], None]
"""What is done once the stack runs."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class UpError(ToldError):
    """The stack cannot run."""


class StopRequested(BaseException):
    """A person or the system asks the stack to end. Not an Exception: nothing but `run` may take it."""


def run(options: Options, say: Callable[[Text], None], work: Work) -> None:
    """Start the stack, do the work, stop the stack.

    Raises:
        UpError: it cannot run.
    """
    try:
        options.data.create()
        options.data.require_room()
        with (
            DirectoryLock(options.data.root / "lock") as lock,
            _stopping_on_signals(),
            listen(options.port) as listener,
        ):
            stack = Stack(options, _state(options), listener, say)
            try:
                stack.start()
                lock.tell(Holder(os.getpid(), stack.deployment.url))
                work(stack)
            except StopRequested:
                say(Text("停止しています…", "Stopping …"))
                if options.once:
                    raise UpError(
                        Text("一巡の途中で停止されました。", "stopped before the cycle was through")
                    ) from None
            finally:
                _ignore_signals()
                stack.stop()
    except AlreadyRunning as error:
        raise UpError(_already_running(options, error.holder)) from None
    except PortTaken as error:
        raise UpError(_port_taken(error.port)) from None
    except ChildError as error:
        raise UpError(error.text) from None
    except ToldError as error:
        raise UpError(error.text) from None
    except (EngineError, GatewayRefused) as error:
        raise UpError(Text(f"測定値を保存できませんでした: {error}", f"values could not be stored: {error}")) from None
    except OSError as error:
        where = error.filename or options.data.root
        raise UpError(
            Text(f"{where} を読み書きできません: {error.strerror}", f"cannot read or write {where}: {error.strerror}")
        ) from None


def keep_running(stack: Stack) -> None:
    """Look after the stack until it is asked to end."""
    if stack.feed:
        stack.feed.start()
    while True:
        stack.tend()
        time.sleep(0.5)


def _state(options: Options) -> State:
    state = load_state(options.data.state) or State(options.mode)
    if state.mode != options.mode:
        root = options.data.root
        raise UpError(
            Text(
                f"{root} は別の用途（{state.mode}）のデータです。--data-dir で別の場所を指定してください。",
                f"{root} holds the data of another kind of stack ({state.mode}); name another place with --data-dir",
            )
        )
    state.pid = os.getpid()
    return state


def _already_running(options: Options, holder: Holder) -> Text:
    where = holder.url or Text("起動中", "starting").in_(options.lang)
    return Text(
        f"{options.data.root} ではすでに karte が動いています（pid {holder.pid}、{where}）。",
        f"karte runs on {options.data.root} already (pid {holder.pid}, {where})",
    )


def _port_taken(port: int) -> Text:
    return Text(
        f"ポート {port} は別のプログラムが使用中です。--port で別の番号を指定するか、--port を省いてください。",
        f"port {port} is taken by another program; name another with --port, or leave --port out",
    )


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise StopRequested

    # What the caller had this process ignore stays ignored: nohup does so with SIGHUP.
    heard = [each for each in _SIGNALS if signal.getsignal(each) != signal.SIG_IGN]
    before: dict[signal.Signals, Any] = {each: signal.signal(each, stop) for each in heard}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _ignore_signals() -> None:
    # A second Ctrl-C must not stop the stopping: it would leave children behind.
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
