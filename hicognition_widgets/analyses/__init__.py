"""Pure numerics over sets of regions: arrays and tables in, arrays out.

In: region tables, open contact maps, paths of signal tracks, numbers.
Out: the result classes of :mod:`hicognition_widgets.analyses.results`.
Never touches a database, Dask or a widget, and imports umap-learn and numba only
when an analysis that needs them is called.
"""

# Imported here, not on demand: a module and its function may share a name (`stackup`).
from hicognition_widgets.analyses.clusters import cluster, cluster_means
from hicognition_widgets.analyses.compare import (
    compare_pileups,
    compare_stacks,
    compare_windows,
)
from hicognition_widgets.analyses.embedding import embed_signals, embed_snippets
from hicognition_widgets.analyses.embedding_process import embed_in_process
from hicognition_widgets.analyses.enrichment import enrichment, scaled_enrichment
from hicognition_widgets.analyses.enrichment_hits import (
    HitMatrix,
    enrichment_hits,
    scaled_enrichment_hits,
)
from hicognition_widgets.analyses.expected import expected_cis
from hicognition_widgets.analyses.pileup import pileup
from hicognition_widgets.analyses.profile import profile, profile_difference, profile_split
from hicognition_widgets.analyses.scaled_pileup import scaled_pileup, scaled_snippets
from hicognition_widgets.analyses.scores import aggregate_scores, region_scores
from hicognition_widgets.analyses.snippet_file import (
    SnippetFile,
    keep_snippets,
    open_snippets,
)
from hicognition_widgets.analyses.snippets import snippets
from hicognition_widgets.analyses.stackup import (
    scaled_stackup,
    scaled_stackups,
    stackup,
    stackups,
)

__all__ = [
    "HitMatrix",
    "SnippetFile",
    "aggregate_scores",
    "cluster",
    "cluster_means",
    "compare_pileups",
    "compare_stacks",
    "compare_windows",
    "embed_in_process",
    "embed_signals",
    "embed_snippets",
    "enrichment",
    "enrichment_hits",
    "expected_cis",
    "keep_snippets",
    "open_snippets",
    "pileup",
    "profile",
    "profile_difference",
    "profile_split",
    "region_scores",
    "scaled_enrichment",
    "scaled_enrichment_hits",
    "scaled_pileup",
    "scaled_snippets",
    "scaled_stackup",
    "scaled_stackups",
    "snippets",
    "stackup",
    "stackups",
]
