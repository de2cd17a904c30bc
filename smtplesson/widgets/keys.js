// Keeps keys pressed inside a view away from the notebook, and names the view. _keys.py says why.

const GROUP = ".smtplesson-group";
const FIELD = "input[type=text]";
const TYPED_INTO = "input, textarea, select";

// Tab, Escape, function keys and the application's own shortcuts (save, find, sidebar) still work; those
// with Ctrl or Cmd that select, merge, undo, move or run cells (A, M, Y, Z, arrows, Enter, Backspace) do not.
function belongsToNotebook(event) {
  if (event.key === "Tab" || event.key === "Escape" || /^F\d+$/.test(event.key)) return true;
  const shortcut = event.ctrlKey || event.metaKey || event.altKey;
  return shortcut && event.key.length === 1 && !"amyz".includes(event.key.toLowerCase());
}

// The button whose text begins with `start` as a whole word ("B. Refused" for B, "5 refused" and not "550" for 5),
// or else with it as a letter ("Next" for N).
function buttonFor(box, start) {
  const buttons = [...box.querySelectorAll("button:not(:disabled)")];
  const find = (pattern) => buttons.find((button) => new RegExp(pattern, "iu").test(button.textContent));
  return find(`^\\s*${start}(?![\\p{L}\\p{N}])`) ?? find(`^\\s*${start}(?!\\p{N})`);
}

function pressLetter(event, box, model) {
  const key = event.key.toUpperCase();
  const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.repeat);
  if (!plain || key.length !== 1 || !model.get("letters").includes(key)) return;
  const button = buttonFor(box, key);
  if (!button) return;
  event.preventDefault();
  button.focus();
  button.click();
}

// A line goes to the kernel as it stands in the field: the field's own model may lag behind the typing.
function sendLines(field, text, model) {
  field.value = "";
  field.dispatchEvent(new Event("change", { bubbles: true }));
  model.send({ lines: text });
}

// Arrow up and down go through what was sent before, as in a shell.
function recall(event, field, model, place) {
  const sent = model.get("history");
  place.back = Math.min(Math.max(place.back + (event.key === "ArrowUp" ? 1 : -1), 0), sent.length);
  field.value = place.back ? sent[sent.length - place.back] : "";
  field.dispatchEvent(new Event("change", { bubbles: true }));
  event.preventDefault();
}

// For a view with one text field: Enter, the arrows, a paste of several lines, and the button of class
// smtplesson-send. Returns what to do with a key that is pressed in the field.
function takeLines(box, model, signal) {
  const place = { back: 0 };
  const submit = (field) => {
    place.back = 0;
    sendLines(field, field.value, model);
  };
  box.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    // A text field drops line breaks, so two pasted commands would become one.
    if (!event.target.matches(FIELD) || !/[\r\n]/.test(text.trim())) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = event.target;
    sendLines(event.target, value.slice(0, selectionStart) + text + value.slice(selectionEnd), model);
  }, { signal, capture: true });
  box.addEventListener("click", (event) => {
    const field = box.querySelector(FIELD);
    if (!field || !event.target.closest(".smtplesson-send")) return;
    event.stopPropagation();
    submit(field);
    field.focus();
  }, { signal, capture: true });
  return (event) => {
    if (!event.target.matches(FIELD) || event.isComposing) return;
    if (event.key === "Enter") submit(event.target);
    else if (event.key === "ArrowUp" || event.key === "ArrowDown") recall(event, event.target, model, place);
  };
}

// For a view that follows the typing: it draws at every key, but speaks only after a pause, or at Enter. Returns what
// to do with a key that is pressed in the field.
const PAUSE = 1200; // ms

function tellPauses(box, model, signal) {
  let waiting;
  const tell = (field) => {
    clearTimeout(waiting);
    model.send({ paused: field.value });
  };
  box.addEventListener("input", (event) => {
    if (!event.target.matches(FIELD)) return;
    clearTimeout(waiting);
    waiting = setTimeout(tell, PAUSE, event.target);
  }, { signal });
  signal.addEventListener("abort", () => clearTimeout(waiting));
  return (event) => {
    if (event.target.matches(FIELD) && event.key === "Enter" && !event.isComposing) tell(event.target);
  };
}

// A button that was replaced takes the focus with it; the kernel says where it goes on.
function moveFocus(box, start, tries = 60) {
  const active = document.activeElement;
  if (active !== document.body && !box.contains(active)) return;
  const button = buttonFor(box, start);
  if (button) button.focus();
  else if (tries) requestAnimationFrame(() => moveFocus(box, start, tries - 1));
}

// JupyterLab opens the notebook that a link names, beside the one the view is in: as an address of the page the link
// would lead elsewhere, or nowhere. The application follows these two attributes by itself; others follow the address.
function openBeside(event, model) {
  const link = event.target.closest("a[href$='.ipynb']");
  const here = model.widget_manager?.context?.path;
  if (!link || here === undefined) return;
  const path = [...here.split("/").slice(0, -1), link.getAttribute("href")].join("/");
  link.dataset.commandlinkerCommand = "docmanager:open";
  link.dataset.commandlinkerArgs = JSON.stringify({ path });
}

function guard(box, model, signal) {
  const name = () => box.setAttribute("aria-label", model.get("label"));
  box.setAttribute("role", "group");
  name();
  model.on("change:label", name);
  const told = (message) => message.focus && moveFocus(box, message.focus);
  model.on("msg:custom", told);
  signal.addEventListener("abort", () => {
    model.off("change:label", name);
    model.off("msg:custom", told);
  });
  const fieldKeys = model.get("takes_lines") ? takeLines : model.get("pauses") ? tellPauses : () => () => {};
  const pressInField = fieldKeys(box, model, signal);
  box.addEventListener("click", (event) => openBeside(event, model), { signal, capture: true });
  // On the window and in the capture phase: JupyterLab hears keys on the document while they bubble up, but
  // Notebook 7 while they are captured, before any listener of the view's own.
  window.addEventListener("keydown", (event) => {
    if (event.target.closest?.(GROUP) !== box) return;
    if (event.target.matches(TYPED_INTO)) pressInField(event);
    else pressLetter(event, box, model);
    if (!belongsToNotebook(event)) event.stopPropagation();
  }, { signal, capture: true });
}

export default {
  render({ el, model }) {
    const ending = new AbortController();
    el.style.display = "none";
    const attach = () => {
      const box = el.closest(GROUP);
      if (box) guard(box, model, ending.signal);
      else if (!ending.signal.aborted) requestAnimationFrame(attach);
    };
    attach();
    return () => ending.abort();
  },
};
