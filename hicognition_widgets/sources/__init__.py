"""The files scientists have: contact maps, signal tracks, fingerprints.

In: paths.
Out: what a file holds (kind, chromosomes, resolutions, weights) and fast readers.
Never averages over regions and never writes to a source file.
"""
