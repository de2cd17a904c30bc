"""The course as a site that needs no server of its own: JupyterLite, with Python in the reader's browser.

`python -m tests.tools.site build` makes it, `python -m tests.tools.site serve` shows it on this machine.
"""
