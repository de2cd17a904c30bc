// The browser's side of every view: it shows the kernel's HTML, keeps focus and caret where only a part has changed,
// and sends back what was pressed or typed. What it does is marked in the HTML itself:
//   data-do="name" data-value="x"   pressed (button), or the form's own name: sends the name, the value, all fields
//   data-typed="name"               sends what is typed, after a short pause; the answer is read out after a longer one
//   data-changed="name"             sends the new value of a select, radio or checkbox at once
//   data-key="B"                    pressed by that letter, wherever the focus is in the view but in a field
//   data-follows                    scrolls so far that what is current in it (aria-current) is seen
//   data-digits="name"              takes the digits that are pressed anywhere in the view but in a field
//   data-whole                      after a press the whole view is brought on the screen, where it has room there
//   data-onward                     pressed (button): goes on to the next cell of the notebook
//   data-history='["EHLO a"]'       arrows go through what was sent before; data-lines: a paste of several lines is sent

const TYPED = "input:not([type=radio], [type=checkbox]), textarea, select";
const TYPING = 150, SPEAKING = 60, QUIET = 1000, BUSY = 400, LOST = 10_000, STAYS = 1500; // ms
const REFERS = ["for", "aria-describedby", "aria-labelledby", "aria-controls", "aria-owns", "list"];

// --- HTML of the kernel to nodes of this copy ------------------------------------------------------------------

// One view may be drawn several times on a page: ids and the names of radio buttons are made this copy's own.
function localise(tree, prefix) {
  for (const node of tree.querySelectorAll("[id]")) node.id = prefix + node.id;
  for (const name of REFERS)
    for (const node of tree.querySelectorAll(`[${name}]`))
      node.setAttribute(name, node.getAttribute(name).split(" ").map((id) => prefix + id).join(" "));
  for (const node of tree.querySelectorAll("input[type=radio]")) node.name = prefix + node.name;
  for (const node of tree.querySelectorAll("[href^='#']")) node.setAttribute("href", `#${prefix}${node.getAttribute("href").slice(1)}`);
}

const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.id ?? "") === (b.id ?? "");

// A property follows its attribute only when the kernel has changed that: what was typed or chosen meanwhile stays.
function copyAttributes(old, fresh) {
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && name !== "open") {
      old.removeAttribute(name);
      if (name === "checked") old.checked = false;
    }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) === value || name === "open") continue;
    old.setAttribute(name, value);
    if (name === "value" && old !== document.activeElement) old.value = value;
    if (name === "checked") old.checked = true;
    if (name === "selected" && old.closest("select") !== document.activeElement) old.selected = true;
  }
}

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  copyAttributes(old, fresh);
  if (old.nodeName === "TEXTAREA") {
    if (old !== document.activeElement && old.defaultValue !== fresh.defaultValue) old.value = fresh.defaultValue;
    return;
  }
  morphChildren(old, fresh);
}

function morphChildren(old, fresh) {
  const named = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const same = node.id ? named.get(node.id) : place && !place.id && alike(place, node) ? place : null;
    if (same && alike(same, node)) {
      if (same === place) place = place.nextSibling;
      else old.insertBefore(same, place);
      morph(same, node);
    } else old.insertBefore(node, place);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

// --- keys --------------------------------------------------------------------------------------------------------

// Tab, Escape, function keys and the application's own shortcuts (save, find, sidebar) still work; those with Ctrl or
// Cmd that select, merge, undo, move or run cells (A, M, Y, Z, arrows, Enter, Backspace) do not.
function belongsToNotebook(event) {
  if (event.key === "Tab" || event.key === "Escape" || /^F\d+$/.test(event.key)) return true;
  const shortcut = event.ctrlKey || event.metaKey || event.altKey;
  return shortcut && event.key.length === 1 && !"amyz".includes(event.key.toLowerCase());
}

function pressKey(event, root, tell) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.key.length !== 1) return;
  const digits = /\d/.test(event.key) && root.querySelector("[data-digits]");
  if (digits) {
    event.preventDefault();
    tell({ do: digits.dataset.digits, value: event.key });
    return;
  }
  const wanted = CSS.escape(event.key.toUpperCase());
  const target = root.querySelector(`[data-key="${wanted}"]:not(:disabled, [aria-disabled=true])`);
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.click();
}

function recall(event, place) {
  const sent = JSON.parse(event.target.dataset.history || "[]");
  const back = (place.get(event.target) ?? 0) + (event.key === "ArrowUp" ? 1 : -1);
  const now = Math.min(Math.max(back, 0), sent.length);
  place.set(event.target, now);
  event.target.value = now ? sent[sent.length - now] : "";
  event.preventDefault();
}

function follow(box) {
  const now = box.querySelector("[aria-current]")?.getBoundingClientRect(), seen = box.getBoundingClientRect();
  if (now) box.scrollTop += Math.min(0, now.top - seen.top) + Math.max(0, now.bottom - seen.bottom);
}

// No further than it must: a view that is on the screen stays where it is.
function bringWhole(root, tall = "") {
  const screen = root.closest(".jp-WindowedPanel-outer")?.clientHeight ?? innerHeight;
  const block = root.offsetHeight < screen ? "nearest" : tall;
  if (block) root.scrollIntoView({ block });
}

// After Shift + Enter JupyterLab shows the next cell, and may scroll away what that has just brought: for a while the
// view comes back, until the reader does something.
function stay(root) {
  const cell = root.closest(".jp-Cell"), scroller = root.closest(".jp-WindowedPanel-outer"), ending = new AbortController();
  const back = () => {
    if (root === cell?.querySelector(".sl-view") && cell.nextElementSibling?.classList.contains("jp-mod-active")) bringWhole(root, "start");
  };
  const leave = () => ending.abort(), until = { signal: ending.signal, capture: true };
  for (const act of ["wheel", "pointerdown", "keydown"]) addEventListener(act, leave, until);
  scroller?.addEventListener("scroll", back, until);
  setTimeout(leave, STAYS);
  back();
}

// JupyterLab opens the notebook that a link names beside this one; others follow the address.
function openBeside(link, model) {
  const here = model.widget_manager?.context?.path;
  if (here === undefined) return;
  const path = [...here.split("/").slice(0, -1), link.getAttribute("href")].join("/");
  link.dataset.commandlinkerCommand = "docmanager:open";
  link.dataset.commandlinkerArgs = JSON.stringify({ path });
}

// Brings what follows to the top and focuses it: the cell's next view, or the next cell, which makes it Jupyter's active
// one, so that Shift + Enter runs it.
function goOn(root) {
  const after = (all, one) => all && [...all][[...all].indexOf(one) + 1];
  const cell = root.closest(".jp-Cell");
  const next = after(cell?.querySelectorAll(".sl-view"), root) ?? after(root.closest(".jp-Notebook")?.querySelectorAll(".jp-Cell"), cell);
  if (!next) return;
  next.focus({ preventScroll: true });
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  next.scrollIntoView({ block: "start", behavior: still ? "instant" : "smooth" });
}

// --- a view ------------------------------------------------------------------------------------------------------

function render({ model, el }) {
  // Each view brings this module anew, so what counts the copies on the page is the page's own.
  const copy = `sl${globalThis.smtplessonCopies = (globalThis.smtplessonCopies ?? 0) + 1}-`, ending = new AbortController(), { signal } = ending;
  const root = document.createElement("div"), body = document.createElement("div");
  const spoken = document.createElement("div"), busy = document.createElement("div");
  root.className = "sl sl-view";
  root.tabIndex = -1;
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", model.get("title"));
  spoken.className = "sl-unseen";
  busy.className = "sl-busy";
  for (const live of [spoken, busy]) live.setAttribute("role", "status");
  root.append(body, spoken, busy);
  el.append(root);

  let shown = -1, sent = 0, answered = 0, timers = [], typing, speaking, composing = false;
  let pause = SPEAKING;
  const recalled = new WeakMap();

  const waiting = () => answered < sent;
  const rest = () => {
    timers.forEach(clearTimeout);
    timers = [];
    busy.textContent = "";
  };
  const tell = (event) => {
    clearTimeout(typing);
    pause = event.typed ? QUIET : SPEAKING;
    model.send({ ...event, fields: fields(), copy, number: ++sent });
    rest();
    timers = [
      setTimeout(() => { busy.textContent = "Waiting for Python ..."; }, BUSY),
      setTimeout(() => { busy.textContent = "No answer yet. If the kernel was stopped, run the cell again."; }, LOST),
    ];
  };

  const fields = () => {
    const found = {};
    for (const field of body.querySelectorAll("[name]")) {
      const name = field.type === "radio" ? field.name.slice(copy.length) : field.name;
      if (field.type === "checkbox") (found[name] ??= []).push(...(field.checked ? [field.value] : []));
      else if (field.type !== "radio") found[name] = field.value;
      else if (field.checked) found[name] = field.value;
    }
    return found;
  };

  // At a press JupyterLab may move the focus to the cell, and Safari gives a button none: the next key would be theirs.
  const hold = (control) => {
    if (!body.contains(document.activeElement)) control.focus({ preventScroll: true });
  };

  const speak = (text) => {
    clearTimeout(speaking);
    spoken.textContent = "";
    if (text) speaking = setTimeout(() => { spoken.textContent = text; }, pause); // one that was empty is read out again
  };

  const draw = () => {
    const frame = model.get("frame");
    if (!(frame.number > shown)) return; // an older one that came late
    const first = shown < 0, active = body.contains(document.activeElement) ? document.activeElement : null;
    const caret = active?.matches("input[type=text], textarea") ? [active.selectionStart, active.selectionEnd] : null;
    shown = frame.number;
    const template = document.createElement("template");
    template.innerHTML = frame.html;
    localise(template.content, copy);
    morphChildren(body, template.content);
    const mine = frame.answers?.copy === copy;
    if (mine) answered = Math.max(answered, frame.answers.number);
    if (!waiting()) rest();
    const followed = () => body.querySelectorAll("[data-follows]").forEach(follow);
    followed();
    if (first) requestAnimationFrame(() => { followed(); stay(root); }); // nothing has a size before it is on the page
    if (!first) speak(frame.say);
    if (!active) return;
    const wanted = mine && frame.focus && body.querySelector(`#${CSS.escape(copy + frame.focus)}`);
    const able = (node) => node?.isConnected && !node.disabled && node.checkVisibility();
    const target = [wanted, active].find(able) ?? body.querySelector("[data-home]") ?? root;
    if (target !== document.activeElement) target.focus({ preventScroll: target === root });
    if (mine && body.querySelector("[data-whole]")) bringWhole(root);
    if (target === active && caret) active.setSelectionRange(...caret);
  };

  const submit = (field, more) => {
    recalled.delete(field);
    const text = more ?? field.value;
    if (field.dataset.clears !== undefined) field.value = "";
    return text;
  };

  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[href$='.ipynb']");
    if (link) openBeside(link, model);
    if (event.target.closest("[data-onward]")) goOn(root);
    const target = event.target.closest("button[data-do]");
    if (!target || target.getAttribute("aria-disabled") === "true") return;
    event.preventDefault();
    if (waiting() && timers.length && target === root.pressed) return; // a second click on the same
    root.pressed = target;
    hold(target);
    tell({ do: target.dataset.do, value: target.dataset.value ?? "" });
  }, { signal });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (composing || !event.target.dataset.do) return;
    const field = event.target.querySelector("[data-clears]");
    tell({ do: event.target.dataset.do, value: field ? submit(field) : "" });
  }, { signal });
  root.addEventListener("change", (event) => {
    const name = event.target.dataset.changed;
    if (!name) return;
    hold(event.target);
    tell({ do: name, value: event.target.value });
  }, { signal });
  root.addEventListener("compositionstart", () => { composing = true; }, { signal });
  const hear = (event) => {
    const name = event.target.dataset.typed;
    if (!name || composing || event.isComposing) return;
    clearTimeout(typing);
    clearTimeout(speaking);
    typing = setTimeout(() => tell({ do: name, value: event.target.value, typed: true }), TYPING);
  };
  root.addEventListener("compositionend", (event) => { composing = false; hear(event); }, { signal });
  root.addEventListener("input", hear, { signal });
  root.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (event.target.dataset?.lines === undefined || !/[\r\n]/.test(text.trim())) return;
    event.preventDefault(); // a text field drops line breaks, so two pasted commands would become one
    const { value, selectionStart, selectionEnd } = event.target;
    const whole = value.slice(0, selectionStart) + text + value.slice(selectionEnd);
    tell({ do: event.target.form.dataset.do, value: submit(event.target, whole) });
  }, { signal });
  // On the window and in the capture phase: JupyterLab hears keys on the document while they bubble up, but Notebook 7
  // while they are captured, before any listener of the view's own.
  window.addEventListener("keydown", (event) => {
    const target = event.composedPath()[0];
    if (!(target instanceof Element) || !root.contains(target)) return;
    if (event.key === "Enter" && event.shiftKey && !target.matches("textarea")) {
      event.preventDefault(); // run anew, the cell would forget what was done
      goOn(root);
    } else if (!target.matches(TYPED)) pressKey(event, root, tell);
    else if (target.dataset.history !== undefined && /^Arrow(Up|Down)$/.test(event.key)) recall(event, recalled);
    if (!belongsToNotebook(event)) event.stopPropagation();
  }, { signal, capture: true });

  model.on("change:frame", draw);
  draw();
  return () => {
    model.off("change:frame", draw);
    ending.abort();
    clearTimeout(typing);
    clearTimeout(speaking);
    rest();
  };
}

export default { render };
