"""HTML to PDF in a child process, so that a document that eats time or memory cannot take the service with it."""

import errno
import math
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from api.reports.errors import ReportError
from collectors.input import find_program
from collectors.text import Text

FONT_FAMILY = "Noto Sans CJK JP"

_OUT_OF_MEMORY = frozenset({signal.SIGTRAP, signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS})
"""How GLib, Pango and HarfBuzz end when they get no memory: by trap, abort, or a null pointer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child may use.

    Attributes:
        time_s: seconds by the clock until it is ended.
        memory_bytes: address space. The Japanese fonts are mapped into it whole, so that it is far above what is used.
    """

    time_s: float = 120.0
    memory_bytes: int = 1024**3


DEFAULT_LIMITS = Limits()


def write_pdf(html: Path, pdf: Path, limits: Limits = DEFAULT_LIMITS) -> None:
    """Render one HTML file to a PDF file; see `write_pdfs`."""
    write_pdfs([(html, pdf)], limits)


def write_pdfs(documents: Sequence[tuple[Path, Path]], limits: Limits = DEFAULT_LIMITS) -> None:
    """Render HTML files to PDF files, in one child: most of a short one's time is loading the renderer.

    Args:
        documents: an HTML file, which may not refer to any other file or address, and the PDF file to write.
        limits: what the child may use for all of them.

    Raises:
        ReportError: a font is missing, or the child failed or ran into a limit.
    """
    require_font()
    command = [sys.executable, "-m", "api.reports.pdf_child", str(limits.memory_bytes), str(math.ceil(limits.time_s))]
    command += [str(path) for pair in documents for path in pair]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limits.time_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise ReportError(
            Text(
                f"{limits.time_s:.0f}秒たってもPDFができないため中止しました",
                f"the PDF was not ready after {limits.time_s:.0f} seconds; rendering was stopped",
            )
        ) from None
    if done.returncode != 0:
        reason = _reason(done, limits)
        raise ReportError(Text(f"PDFを作成できません: {reason.ja}", f"the PDF could not be made: {reason.en}"))


def require_font() -> None:
    """Check that the Japanese font is installed.

    Raises:
        ReportError: it is not; the message names the package.
    """
    fc_match = find_program("fc-match")
    if fc_match is None:
        raise ReportError(
            Text(
                "fontconfig がインストールされていません。"
                "DebianとUbuntuでは: apt-get install fontconfig fonts-noto-cjk",
                "fontconfig is not installed; on Debian and Ubuntu: apt-get install fontconfig fonts-noto-cjk",
            )
        )
    found = subprocess.run(
        [str(fc_match), "--format=%{family}", FONT_FAMILY], capture_output=True, text=True, timeout=30, check=False
    )
    if FONT_FAMILY not in found.stdout:
        raise ReportError(
            Text(
                f"フォント {FONT_FAMILY} がインストールされておらず、このままでは日本語が表示されません。"
                "DebianとUbuntuでは: apt-get install fonts-noto-cjk",
                f"the font {FONT_FAMILY} is not installed, and without it Japanese text would be empty boxes;"
                " on Debian and Ubuntu: apt-get install fonts-noto-cjk",
            )
        )


def _reason(done: "subprocess.CompletedProcess[bytes]", limits: Limits) -> Text:
    text = done.stderr.decode(errors="replace")
    mib = limits.memory_bytes // 1024**2
    if "MemoryError" in text:
        return Text(f"{mib} MiBを超えるメモリーが必要です", f"it needs more than {mib} MiB of memory")
    if done.returncode < 0:
        ended = Text(
            f"処理がシグナル {-done.returncode} で終了しました", f"the renderer was ended by signal {-done.returncode}"
        )
        if -done.returncode not in _OUT_OF_MEMORY:
            return ended
        return Text(
            f"{ended.ja}。{mib} MiBを超えるメモリーが必要なのかもしれません",
            f"{ended.en}; perhaps it needs more than {mib} MiB of memory",
        )
    if f"[Errno {errno.ENOSPC}]" in text:
        return Text(
            "ディスクの空き容量が足りません。空きを増やしてやり直してください",
            f"{os.strerror(errno.ENOSPC)}; free some and try again",
        )
    lines = [line for line in text.strip().splitlines() if line.strip()]
    if lines:
        return Text(lines[-1], lines[-1])
    return Text(f"処理がコード {done.returncode} で終了しました", f"the renderer ended with code {done.returncode}")
