"""Chromosome names of two inputs: ``1`` and ``chr1`` are one unless something else fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from hicognition_widgets.errors import GenomeMismatch

_SHOWN = 6


def match_names(wanted: Iterable[str], available: Iterable[str]) -> dict[str, str]:
    """Which available chromosome each wanted one is.

    A name that occurs on both sides is itself. The others match when they differ only
    by the prefix ``chr`` (in any case) and no second name competes for the same one.

    Parameters
    ----------
    wanted : iterable of str
        Names as the regions (or the assembly) write them.
    available : iterable of str
        Names as the file (or the assembly) writes them.

    Returns
    -------
    dict
        ``{wanted: available}`` for those that match, in the order of `wanted`; names
        without a partner are not in it. Empty if one side is empty.

    Raises
    ------
    GenomeMismatch
        If no name matches, or if two names could be the same chromosome.
    """
    asked = list(dict.fromkeys(wanted))
    there = list(dict.fromkeys(available))
    if not asked or not there:
        return {}
    exact = set(asked) & set(there)
    askers: dict[str, list[str]] = defaultdict(list)
    offers: dict[str, list[str]] = defaultdict(list)
    for name in asked:
        if name not in exact:
            askers[bare_name(name)].append(name)
    for name in there:
        if name not in exact:
            offers[bare_name(name)].append(name)
    matched: dict[str, str] = {}
    for name in asked:
        if name in exact:
            matched[name] = name
            continue
        rivals, offered = askers[bare_name(name)], offers[bare_name(name)]
        if not offered:
            continue
        if len(rivals) > 1 or len(offered) > 1:
            raise GenomeMismatch(
                f"chromosome names are ambiguous: {_quoted(rivals)} on one side and "
                f"{_quoted(offered)} on the other could be the same chromosome; "
                "rename them so that each has one partner"
            )
        matched[name] = offered[0]
    if not matched:
        raise GenomeMismatch(
            f"no chromosome name fits: one side has {list_names(asked)}, the other "
            f"{list_names(there)}; check that both belong to the same assembly"
        )
    return matched


def bare_name(name: str) -> str:
    """Chromosome name without the prefix ``chr``, in any case."""
    return name[3:] if name[:3].lower() == "chr" and len(name) > 3 else name


def list_names(names: Iterable[str]) -> str:
    """Up to six names for a sentence, then how many more there are."""
    names = list(names)
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else shown


def _quoted(names: list[str]) -> str:
    return " and ".join(f'"{name}"' for name in names)
