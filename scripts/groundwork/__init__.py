"""Sets up the project's own environment, with nothing but Python's standard library.

In: a checkout and a Python with ``venv``. Out: ``.venv`` and its companions, the browser
bundle, and the outside programs that the tests need. Every step is skipped when its stamp
says that it is done, and starts anew when it was interrupted. Nothing is ever written
outside the checkout, except by the package managers.
"""
