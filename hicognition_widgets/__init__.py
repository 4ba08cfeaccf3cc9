"""Explore Hi-C and ChIP-seq signal over sets of genomic regions, in Jupyter."""

__version__ = "0.1.0"
