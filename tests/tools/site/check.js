// Says in words that Python cannot be had here; a cell would only wait, without a message.
// The start page has a place for it (#python); in JupyterLab it is a note at the lower edge.
const PYODIDE = new URL("@PYODIDE@", new URL("static/", import.meta.url));
const READ = new URL("course/index.html", import.meta.url); // the course to read, without Python
const PATIENCE = 20_000; // ms for one small file

async function whyNot() {
    if (typeof WebAssembly !== "object") return "this browser cannot run WebAssembly";
    try {
        const answer = await fetch(new URL("pyodide.js", PYODIDE), { signal: AbortSignal.timeout(PATIENCE) });
        return answer.ok ? "" : `${PYODIDE.host} answers with an error, ${answer.status}`;
    } catch {
        return `${PYODIDE.host} cannot be reached`;
    }
}

function place() {
    const there = document.getElementById("python");
    if (there) return there;
    const made = document.createElement("div");
    made.id = "python";
    made.style.cssText = "position:fixed;inset:auto 0 0;z-index:99999;padding:.8em 1em;font:16px/1.4 sans-serif;"
        + "background:#fff4ce;color:#3b2a00;border-top:3px solid #8a5a00";
    document.body.append(made);
    return made;
}

function fail(reason) {
    if (document.querySelector('#python[role="alert"]')) return; // the first reason is the plainest
    const link = document.createElement("a");
    link.href = READ;
    link.textContent = "Or read the course without running anything.";
    link.style.cssText = "color:inherit;text-decoration:underline";
    const told = place();
    told.setAttribute("role", "alert");
    told.replaceChildren(
        `Python cannot be loaded: ${reason.replace(/\.$/, "")}. The lessons open and can be read, `
        + `but their cells would wait for ever. Look at your connection, allow ${PYODIDE.host}, and load this page again. `,
        link,
    );
}

new BroadcastChannel("smtplesson-python").onmessage = ({ data }) => fail(data);
const reason = await whyNot();
const status = document.getElementById("python");
if (reason) fail(reason);
else if (status) status.textContent = "Python can be loaded. The first lesson that you open takes some seconds to start.";
