"""Pure numerics over sets of regions: arrays and tables in, arrays out.

In: region tables, open contact maps, paths of signal tracks, numbers.
Out: the result classes of :mod:`hicognition_widgets.analyses.results`.
Never touches a database, Dask or a widget, and imports umap-learn and numba only
when an analysis that needs them is called.
"""
