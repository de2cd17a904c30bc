"""The one piece of front-end code: it keeps a view's keys from the notebook and gives the view a name.

Why it exists, measured with Chromium in JupyterLab 4.6.6 and Notebook 7.6.5 on a focused ipywidgets button:
of 17 keys and sequences 13 changed the notebook. `x` and `d d` cut the cell, `a`, `b`, `v` insert one, `m`
makes it Markdown, `Shift+M` merges it, the arrows leave the view, `0 0` asks to restart. A `keydown` listener
on the view's container is enough for JupyterLab, but not for Notebook 7, whose shortcuts listen on the
document in the capture phase. One on the window in that phase is enough for both: then none of 40 keys and
sequences changed a cell, ran anything or moved the focus. So views stay made of ordinary buttons and fields,
which work without this, too.
"""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

_HERE = Path(__file__).parent


class Keys(anywidget.AnyWidget):
    """An invisible widget that guards the nearest container of class `smtplesson-group` around it.

    `label` is the container's accessible name; `letters` are the keys that press the button whose text
    begins with them; with `takes_lines` Enter in the text field sends `{"lines": text}` to `on_msg`, and the
    arrows recall `history`; with `pauses` a pause in the typing, or Enter, sends `{"paused": text}`.
    """

    _esm = (_HERE / "keys.js").read_text(encoding="utf-8")
    _css = (_HERE / "keys.css").read_text(encoding="utf-8")
    label = traitlets.Unicode().tag(sync=True)
    letters = traitlets.Unicode().tag(sync=True)
    takes_lines = traitlets.Bool(False).tag(sync=True)
    pauses = traitlets.Bool(False).tag(sync=True)
    history = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def focus_on(self, start: str) -> None:
        """Move the focus, if it was in the container or got lost, to the button that begins with `start`."""
        self.send({"focus": start})
