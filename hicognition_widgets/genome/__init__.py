"""What a region is: assemblies, BED and BEDPE tables, anchors, windows and bins.

In: names and files of assemblies, region files or DataFrames.
Out: bioframe-style tables, positions, bin counts, and for every region that
cannot be used the reason. Never touches contact maps, signal tracks or databases.
"""
