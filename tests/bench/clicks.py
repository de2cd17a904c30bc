"""From a click to its feedback in the page, in one JupyterLab, with nothing else to do."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nbformat

from tests.bench.notebooks import KERNEL
from tests.bench.opening import chromium
from tests.bench.table import Row, in_turn
from tests.browser.conftest import jupyter
from tests.browser.lab import Lab

#: The kit's own questions with one letter to press, asked as a lesson asks them: with the learner's log.
_KIT = """\
from smtplesson.learner.log import Log, today
from smtplesson.questions.bank import QuestionBank
from smtplesson.questions.kinds import KINDS
from smtplesson.learner.quiz import Quiz
from smtplesson.widgets import QuizView
bank, log = QuestionBank.load(), Log()
questions = [question for question in bank.values() if question.kind is KINDS["single"]][:{count}]
quiz = Quiz(questions, bank.misconceptions, day=today(), record=log.append)
QuizView(quiz, confidence=True, log=log)"""
_PLAIN = """\
import ipywidgets
button, told, count = ipywidgets.Button(description="Press"), ipywidgets.HTML("0"), 0
def press(_):
    global count
    count += 1
    told.value = f"<p>Pressed {count} times</p>"
button.on_click(press)
ipywidgets.VBox([button, told]).add_class("plain-under-test")"""
_JUPYTERQUIZ = """\
import jupyterquiz
right = {"answer": "yes", "correct": True, "feedback": "Right."}
wrong = {"answer": "no", "correct": False, "feedback": "No."}
question = {"question": "Is it?", "type": "multiple_choice", "answers": [right, wrong]}
jupyterquiz.display_quiz([question], shuffle_answers=False)"""

#: Milliseconds from a click until `done` is true, asked at each change of the page.
_UNTIL = """const until = (click, done) => new Promise((resolve, reject) => {
    const start = performance.now();
    const look = () => done() && (watch.disconnect(), resolve(performance.now() - start));
    const watch = new MutationObserver(look);
    watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    click();
    look();
    setTimeout(() => reject(new Error("no feedback in 20 s")), 20000);
});
const view = document.querySelector(".sl-view");
const button = start => [...view.querySelectorAll("button")].find(each => each.textContent.startsWith(start));
const verdict = () => view.querySelector(".sl-panel")?.textContent.match(/^(Correct|Not yet)/);"""
#: Choice A, and then how sure one is, to the feedback: the choice alone asks no kernel. Then on to the next question.
_CHOSEN = f"""async () => {{ {_UNTIL}
    view.querySelector("input[type=radio]").click();
    const took = await until(() => button("I think so").click(), verdict);
    await until(() => button("Next").click(), () => !verdict());
    return took;
}}"""
#: From one question to another.
_CHANGED = f"""async () => {{ {_UNTIL}
    const shown = () => view.querySelector("legend")?.textContent, before = shown();
    return until(() => (button("Back") ?? button("Next") ?? button("Skip")).click(), () => shown() !== before);
}}"""
_PRESSED = f"""async () => {{ {_UNTIL}
    const box = document.querySelector(".plain-under-test"), before = box.textContent;
    return until(() => box.querySelector("button").click(), () => box.textContent !== before);
}}"""
_QUIZZED = f"""async () => {{ {_UNTIL}
    const quiz = document.querySelector(".Quiz"), told = quiz.querySelector(".Feedback"), before = told.textContent;
    const [right, wrong] = quiz.querySelectorAll("label.MCButton");
    return until(() => (before.startsWith("Right") ? wrong : right).click(), () => told.textContent !== before);
}}"""


def rows(seconds: float, count: int = 40) -> list[Row]:
    """Two clicks, a choice and how sure one is, and one click where that is not asked, beside one click of the peers.

    With each first answer a new question is asked, of `count`.
    """
    v4 = nbformat.v4
    cells = [v4.new_code_cell(source) for source in (_KIT.replace("{count}", str(count)), _PLAIN, _JUPYTERQUIZ)]
    with chromium() as browser, tempfile.TemporaryDirectory() as home, jupyter("jupyterlab", Path(home)) as server:
        nbformat.write(v4.new_notebook(cells=cells, metadata=KERNEL), server.root / "clicks.ipynb")
        lab = Lab(browser.new_page())
        lab.open(server.url, "clicks.ipynb")
        lab.run_all()
        lab.page.wait_for_selector(".Quiz")

        def took(script: str, argument: object = None) -> float:
            return float(lab.page.evaluate(script, argument))

        peers = {
            "one click, ipywidgets Button to HTML": lambda: took(_PRESSED),
            "one click, jupyterquiz in the browser": lambda: took(_QUIZZED),
        }
        most = count - 2  # the warm-up takes one, and the last has no way on
        first = in_turn("choice, confidence, feedback", "ms", lambda: took(_CHOSEN), peers, seconds, most)
        again = in_turn("to another question", "ms", lambda: took(_CHANGED), peers, seconds)
        lab.shut_down()
    return first + again
