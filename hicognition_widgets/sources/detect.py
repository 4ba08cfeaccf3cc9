"""What kind of file is this? Answered by its first bytes; the name only helps to explain."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Literal

from hicognition_widgets.errors import FileError
from hicognition_widgets.genome.bed_lines import is_remark

Kind = Literal["regions", "contact_map", "signal_track"]

_HEAD = 65536
_HDF5 = b"\x89HDF\r\n\x1a\n"
_BIGWIG = 0x888FFC26
_BIGBED = 0x8789F2EB
_NAMES: dict[Kind, str] = {
    "regions": "a text file of regions",
    "contact_map": "an HDF5 file (contact map)",
    "signal_track": "a bigWig file (signal track)",
}
_CLAIMS: dict[str, Kind] = {
    ".bed": "regions",
    ".bedpe": "regions",
    ".mcool": "contact_map",
    ".cool": "contact_map",
    ".bw": "signal_track",
    ".bigwig": "signal_track",
}
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"HIC\0", 'a .hic file; convert it to .mcool first (with "hictk convert" or hic2cool)'),
    (b"BAM\1", "a BAM file; make a bigWig of its coverage first (with bamCoverage)"),
    (b"CRAM", "a CRAM file; make a bigWig of its coverage first (with bamCoverage)"),
    (b"PK\3\4", "a zip archive; unpack it and give the file inside"),
    (b"BZh", "a bzip2 archive; unpack it and give the file inside"),
    (b"\xfd7zXZ", "an xz archive; unpack it and give the file inside"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive; unpack it and give the file inside"),
    (b"%PDF", "a PDF document; give a BED, bigWig or mcool file"),
    (b"\x93NUMPY", "a numpy array; give a BED, bigWig or mcool file"),
    (b"SQLite format 3", "an SQLite database; give a BED, bigWig or mcool file"),
)
_TEXTS: tuple[tuple[bytes, str], ...] = (
    (b"##fileformat=vcf", "a VCF file; convert it to BED first"),
    (b"##gff-version", "a GFF file; convert it to BED first"),
    (b"## pairs format", 'a pairs file; bin it to a .cool first (with "cooler cload pairs")'),
    (b"@hd\t", "a SAM file; make a bigWig of its coverage first (with bamCoverage)"),
    (b"<!doctype", "a web page, perhaps of a failed download; download the file again"),
    (b"<html", "a web page, perhaps of a failed download; download the file again"),
    (b"<?xml", "an XML file; give a BED, bigWig or mcool file"),
    (b"{", "a JSON file; give a BED, bigWig or mcool file"),
    (b">", "a FASTA file; give a BED, bigWig or mcool file"),
    (b"fixedstep", "a wiggle file; convert it to bigWig first (with wigToBigWig)"),
    (b"variablestep", "a wiggle file; convert it to bigWig first (with wigToBigWig)"),
)


def detect(path: str | Path) -> Kind:
    """Kind of a file, by content.

    Returns
    -------
    {"regions", "contact_map", "signal_track"}
        Text with lines (plain or gzipped) counts as regions, HDF5 as a contact map,
        bigWig as a signal track. Whether the content is sound is for
        :func:`~hicognition_widgets.genome.bed.read_regions`,
        :func:`~hicognition_widgets.sources.map_info.inspect_contact_map` and
        :func:`~hicognition_widgets.sources.signal_track.inspect_signal_track` to say.

    Raises
    ------
    FileError
        If it is none of them; the sentence says what it is, if known, and what to do.
    """
    path = Path(path)
    head = read_head(path)
    if not head:
        raise FileError(path, "this file is empty; give a BED, BEDPE, bigWig or mcool file")
    kind = _binary_kind(head)
    claimed = _CLAIMS.get(path.suffix.lower())
    if kind is not None:
        if claimed not in (None, kind):
            raise FileError(
                path, f"the name says {_NAMES[claimed]}, but this is {_NAMES[kind]}; rename it"
            )
        return kind
    what = describe(head)
    if what is not None:
        raise FileError(path, f"this is {what}")
    if claimed in ("contact_map", "signal_track"):
        raise FileError(path, f"this is not {_NAMES[claimed]}; copy or download it again")
    text = _inflate(head)
    if any(byte < 9 for byte in text[:4096]) and text[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise FileError(
            path, "this is none of the known kinds; give a BED, BEDPE, bigWig or mcool file"
        )
    if _is_bedgraph(path, text):
        raise FileError(
            path, "this is a bedGraph file; convert it to bigWig first (with bedGraphToBigWig)"
        )
    return "regions"


def read_head(path: Path) -> bytes:
    """First bytes of a file, with sentences for files that cannot be read."""
    try:
        if path.exists() and not path.is_file():
            raise FileError(path, "this is not a regular file; give the path of a data file")
        with path.open("rb") as file:
            return file.read(_HEAD)
    except FileNotFoundError as error:
        raise FileError(path, "there is no such file; check the path") from error
    except PermissionError as error:
        raise FileError(path, "you may not read this file; ask its owner for access") from error
    except OSError as error:
        raise FileError(
            path, f"the file cannot be read ({error.strerror}); copy it again"
        ) from error


def describe(head: bytes) -> str | None:
    """What a file with this beginning is, with an advice; None if it is not recognised."""
    kind = _binary_kind(head)
    if kind == "contact_map":
        return "an HDF5 file; use it as a contact map"
    if kind == "signal_track":
        return "a bigWig file; use it as a signal track"
    if _magic(head) == _BIGBED:
        return "a bigBed file; convert it to BED first (with bigBedToBed)"
    content = _inflate(head)
    for magic, what in _OTHERS:
        if content.startswith(magic):
            return what
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, what in _TEXTS:
        if text.startswith(start):
            return what
    return None


def _binary_kind(head: bytes) -> Literal["contact_map", "signal_track"] | None:
    if head.startswith(_HDF5):
        return "contact_map"
    return "signal_track" if _magic(head) == _BIGWIG else None


def _magic(head: bytes) -> int:
    if len(head) < 4:
        return 0
    little, big = struct.unpack("<I", head[:4])[0], struct.unpack(">I", head[:4])[0]
    return int(big if big in (_BIGWIG, _BIGBED) else little)


def _inflate(head: bytes) -> bytes:
    """Beginning of the content of a gzipped file; other content as it is."""
    if not head.startswith(b"\x1f\x8b"):
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, _HEAD)
    except zlib.error:
        return head


def _is_bedgraph(path: Path, text: bytes) -> bool:
    """Declared by a track line, or named so; a BED of scores alone is still regions."""
    if any(s.lower() in (".bedgraph", ".bdg") for s in path.suffixes[-2:]):
        return True
    for line in text.decode("latin-1").splitlines()[:100]:
        if not is_remark(line):
            return False
        if line.lower().startswith("track") and "type=bedgraph" in line.lower().replace(
            '"', ""
        ):
            return True
    return False
