"""What leaves the screen: figures, tables, pages, code.

In come results and the settings of a view; out go files and texts that show the same
picture as the screen. Nothing here computes a result or reads the catalog.
"""
