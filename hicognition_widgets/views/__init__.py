"""What a person sees: the anywidgets, and the wire between Python and the browser.

In: datasets of the catalog, answers of the jobs room, clicks.
Out: traits that both sides share, pictures, data frames.
Never computes an analysis and never reads a source file.
"""
