"""Addresses of the UCSC genome browser; nothing is asked of it here."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from hicognition_widgets.genome.assembly import BUILTIN
from hicognition_widgets.genome.names import bare_name

UCSC = "https://genome.ucsc.edu/cgi-bin/hgTracks"


def ucsc_link(assembly: str, chrom: str, start: int, end: int) -> str | None:
    """Address that shows a stretch of the genome; None if UCSC does not know the assembly.

    Parameters
    ----------
    assembly : str
        Name; one of :data:`~hicognition_widgets.genome.assembly.BUILTIN` is UCSC's own.
    chrom : str
        Chromosome, with or without ``chr``; untrusted text.
    start, end : int
        0-based, half-open; at least one base pair is shown.
    """
    if assembly not in BUILTIN:
        return None
    first = max(int(start), 0) + 1
    name = {"MT": "M"}.get(bare_name(chrom), bare_name(chrom))
    position = f"chr{name}:{first}-{max(int(end), first)}"
    query = urlencode({"db": assembly, "position": position}, quote_via=quote)
    return f"{UCSC}?{query}"
