"""The methods paragraph of a comparison, with the references it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hicognition_widgets.views.provenance import provenance

if TYPE_CHECKING:
    from hicognition_widgets.views.comparison import Comparison

REFERENCES = {
    "hicognition": "Langer et al., HiCognition: a visual exploration and hypothesis testing "
    "tool for 3D genomics. Genome Biology 24, 158 (2023).",
    "cooler": "Abdennur & Mirny, Cooler: scalable storage for Hi-C data and other genomically "
    "labeled arrays. Bioinformatics 36, 311-316 (2020).",
    "cooltools": "Open2C et al., Cooltools: enabling high-resolution Hi-C analysis in Python. "
    "PLoS Computational Biology 20, e1012067 (2024).",
    "bioframe": "Open2C et al., Bioframe: operations on genomic intervals in Pandas "
    "dataframes. Bioinformatics 40, btae088 (2024).",
    "bigwig": "Kent et al., BigWig and BigBed: enabling browsing of large distributed "
    "datasets. Bioinformatics 26, 2204-2207 (2010).",
    "balancing": "Imakaev et al., Iterative correction of Hi-C data reveals hallmarks of "
    "chromosome organization. Nature Methods 9, 999-1003 (2012).",
    "umap": "McInnes, Healy & Melville, UMAP: uniform manifold approximation and projection "
    "for dimension reduction. arXiv:1802.03426 (2018).",
    "sklearn": "Pedregosa et al., Scikit-learn: machine learning in Python. Journal of "
    "Machine Learning Research 12, 2825-2830 (2011).",
    "lola": "Sheffield & Bock, LOLA: enrichment analysis for genomic region sets and "
    "regulatory elements in R and Bioconductor. Bioinformatics 32, 587-589 (2016).",
    "fdr": "Benjamini & Hochberg, Controlling the false discovery rate: a practical and "
    "powerful approach to multiple testing. Journal of the Royal Statistical Society B 57, "
    "289-300 (1995).",
    "numpy": "Harris et al., Array programming with NumPy. Nature 585, 357-362 (2020).",
}
_NORMALIZATION = {
    "balanced": "balanced contact frequencies",
    "oe": "observed over expected contact frequencies (expected: mean of balanced contacts "
    "per diagonal and chromosome arm)",
    "raw": "raw contact counts",
}
_ANALYSIS = {
    "pileup": "average map",
    "profile": "average signal",
    "stackup": "signal",
    "embedding1d": "embedding",
    "embedding2d": "embedding",
    "enrichment": "enrichment",
}
_POINT = {
    "center": "midpoint",
    "start": "start",
    "end": "end",
    "five_prime": "5′ end",
    "three_prime": "3′ end",
}
_SIDE = {"left": " at the first anchor", "right": " at the second anchor", None: ""}


def methods(comparison: Comparison) -> str:
    """What was done, as a paragraph for a paper, and the references it cites.

    Built from the provenance of the views, which have to be ready.
    """
    return methods_text(provenance(comparison), noun=_noun(comparison))


def methods_text(origin: Mapping[str, Any], *, noun: str) -> str:
    """The paragraph for a provenance as :func:`provenance` gives it."""
    cited = _Cited()
    groups: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for result in (result for view in origin["views"] for result in view["results"]):
        names = [feature["name"] for feature in result["features"]]
        _, known = groups.setdefault(_same_method(result), (result, []))
        known += [name for name in names if name not in known]
    results = [result for result, _ in groups.values()]
    sentences = _region_sentences(results, noun)
    sentences += [_sentence(result, names, noun, cited) for result, names in groups.values()]
    sentences += _left_out_sentences(results, noun)
    sentences.append(_software_sentence(origin["software"], cited))
    return f"{' '.join(sentences)}\n\nReferences\n{cited.listing()}\n"


def _noun(comparison: Comparison) -> str:
    return "pairs of regions" if any(view.pairs for view in comparison.views) else "regions"


def _same_method(result: Mapping[str, Any]) -> str:
    same = ("analysis", "algorithm", "assembly", "regions", "parameters")
    return repr([result[name] for name in same])


def _region_sentences(results: Iterable[Mapping[str, Any]], noun: str) -> list[str]:
    sets = {
        result["regions"]["fingerprint"]: (result["regions"], result["assembly"])
        for result in results
    }
    return [
        f"We analysed {regions['n']:,} {noun} of “{regions['name']}” ({assembly})."
        for regions, assembly in sets.values()
    ]


def _sentence(result: Mapping[str, Any], names: list[str], noun: str, cited: _Cited) -> str:
    parameters = result["parameters"]
    where = _window(parameters) + _SIDE.get(parameters.get("side"), "")
    chosen = parameters.get("subset")
    over = f"a selection of {len(chosen):,} {noun}" if chosen else f"all {noun}"
    of = _listed([f"“{name}”" for name in names])
    match result["analysis"]:
        case "pileup":
            normalization = parameters["normalization"]
            what = _NORMALIZATION[normalization]
            if result.get("comparison"):
                return _comparison_sentence(result, what, noun, where, cited)
            marks = ["cooler", "cooltools"]
            marks += [] if normalization == "raw" else ["balancing"]
            return (
                f"Contact maps of {of}{cited.mark(*marks)} were averaged over {over} as {what} "
                f"{where}."
            )
        case "profile":
            quartiles = ["band", "quartiles"] in parameters.get("options", [])
            band = (
                "the first and third quartile of the regions at each position"
                if quartiles
                else "95 % bootstrap confidence intervals of the mean"
            )
            return (
                f"Signal of {of}{cited.mark('bigwig')} was averaged over {over} {where}, with "
                f"{band}."
            )
        case "stackup":
            return f"Signal of {of}{cited.mark('bigwig')} was read for each region {where}."
        case "embedding1d" | "embedding2d":
            return (
                f"Regions were embedded in two dimensions by UMAP{cited.mark('umap')} of {of} "
                f"{where} and grouped by k-means{cited.mark('sklearn')}."
            )
        case "enrichment":
            return (
                f"Overlap with {of} was tested {where} by one-sided Fisher's exact tests as in "
                f"LOLA{cited.mark('lola')}, and P values were corrected by the method of "
                f"Benjamini and Hochberg{cited.mark('fdr')}."
            )
    return f"{result['analysis']} of {of} was computed {where}."


def _comparison_sentence(
    result: Mapping[str, Any], what: str, noun: str, where: str, cited: _Cited
) -> str:
    told = result["comparison"]
    names = [feature["name"] for feature in result["features"]]
    marks = cited.mark("cooler", "cooltools")
    number = f"{told['permutations']:,}"
    if told["paired"]:
        sides = f"of “{names[0]}” and “{names[1]}” over the same {noun}"
        shuffled = f"{number} random flips of the signs of their differences per region"
    else:
        sides = (
            f"of “{names[0]}” over “{told['one']['regions']}” and over "
            f"“{told['two']['regions']}” (n = {told['two']['n_used']:,})"
        )
        shuffled = f"{number} random assignments of the {noun} to the two sets"
    return (
        f"Average contact maps {sides}{marks} were compared as {what} {where}; P values of "
        f"pixels are from {shuffled}, against the largest statistic of all pixels."
    )


def _window(parameters: Mapping[str, Any]) -> str:
    if parameters.get("flank") is not None:
        return (
            f"within ±{_bp(parameters['flank'])} of their "
            f"{_POINT[parameters.get('anchor', 'center')]} in bins of "
            f"{_bp(parameters['binsize'])}"
        )
    return (
        f"from start to end, each rescaled and expanded by 20 % on both sides, in bins of "
        f"{parameters['bin_percent']:g} % of the region"
    )


def _left_out_sentences(results: Iterable[Mapping[str, Any]], noun: str) -> list[str]:
    return [
        f"In the {_ANALYSIS[result['analysis']]} of “{result['features'][0]['name']}”, "
        f"{_left_out(result['n_left_out'], noun)}{_reasons(result['reasons'])}."
        for result in results
        if result.get("n_left_out")
    ]


def _left_out(n: int, noun: str) -> str:
    if n == 1:
        one = "pair of regions" if noun.startswith("pairs") else "region"
        return f"one {one} was left out"
    return f"{n:,} {noun} were left out"


def _reasons(reasons: Mapping[str, int] | None) -> str:
    known = "; ".join(f"{why}: {count:,}" for why, count in (reasons or {}).items())
    return f" ({known})" if known else ""


def _software_sentence(software: Mapping[str, str], cited: _Cited) -> str:
    tool = f"hicognition-widgets {software.get('hicognition-widgets', '')}".strip()
    tool = f"{tool}, after HiCognition{cited.mark('hicognition')}"
    known = [
        f"{name} {software[name]}{cited.mark(name)}"
        for name in ("numpy", "bioframe")
        if name in software
    ]
    platform = _listed([f"Python {software['python']}", *known])
    return f"Analyses were done with {tool}, on {platform}."


def _bp(number: int) -> str:
    for unit, size in (("Mb", 1_000_000), ("kb", 1_000)):
        if number >= size:
            return f"{number / size:g} {unit}"
    return f"{number} bp"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


class _Cited:
    """References in the order in which they are first named."""

    def __init__(self) -> None:
        self._order: list[str] = []

    def mark(self, *keys: str) -> str:
        for key in keys:
            if key not in self._order:
                self._order.append(key)
        return " [" + ", ".join(str(self._order.index(key) + 1) for key in keys) + "]"

    def listing(self) -> str:
        return "\n".join(f"[{i + 1}] {REFERENCES[key]}" for i, key in enumerate(self._order))
