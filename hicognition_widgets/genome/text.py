"""Small and large text files as scientists have them: packed or not, any line ending."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from hicognition_widgets.errors import FileError

_GZIP = b"\x1f\x8b"
_BINARY = frozenset(range(9)) | frozenset(range(14, 27)) | frozenset(range(28, 32))
_PROBE = 4096


def read_text(path: str | Path) -> str:
    r"""Text of a file, unpacked if it is gzipped (whatever its name), lines ending in ``\n``.

    UTF-8 (with or without a byte order mark), UTF-16 with one, else Latin-1.

    Raises
    ------
    FileError
        If the file is missing, unreadable, damaged or not text.
    """
    path = Path(path)
    content = read_bytes(path)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    elif _looks_binary(content):
        raise FileError(path, "this is not a text file; give a BED or BEDPE file")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def read_bytes(path: Path) -> bytes:
    """Content of a file, unpacked if it is gzipped."""
    try:
        if path.exists() and not path.is_file():
            raise FileError(path, "this is not a regular file; give the path of a data file")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise FileError(path, "there is no such file; check the path") from error
    except PermissionError as error:
        raise FileError(path, "you may not read this file; ask its owner for access") from error
    except OSError as error:
        raise FileError(
            path, f"the file cannot be read ({error.strerror}); copy it again"
        ) from error
    if not content.startswith(_GZIP):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(
            path, "this gzip file is damaged or incomplete; copy it again"
        ) from error


def _looks_binary(content: bytes) -> bool:
    return not _BINARY.isdisjoint(content[:_PROBE]) or b"\0" in content
