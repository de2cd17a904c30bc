// Says in words that the lessons cannot start here, or that Python cannot be had; else one would only wait.
// The start page has a place for it (#python); in JupyterLab it is a note at the lower edge.
const PYODIDE = new URL("@PYODIDE@", new URL("static/", import.meta.url));
const OURS = PYODIDE.host === location.host; // then nobody has to allow another host
const READ = new URL("course/index.html", import.meta.url); // the course to read, without Python
const PATIENCE = 20_000; // ms for one small file, or for the browser's own store

/** Whether JupyterLab finds a store here: it takes the second where the first refuses, but waits where it is silent. */
async function keeps() {
    const store = () => new Promise((resolve, reject) => {
        const request = indexedDB.open("smtplesson-check");
        request.onerror = reject;
        request.onsuccess = () => {
            request.result.close();
            indexedDB.deleteDatabase("smtplesson-check");
            resolve(true);
        };
        setTimeout(resolve, PATIENCE, false);
    });
    try {
        return await store();
    } catch {
        try {
            return Boolean(localStorage);
        } catch {
            return false;
        }
    }
}

async function whyNot() {
    if (typeof WebAssembly !== "object") return "this browser cannot run WebAssembly";
    try {
        const answer = await fetch(new URL("pyodide.js", PYODIDE), { signal: AbortSignal.timeout(PATIENCE) });
        return answer.ok ? "" : `${OURS ? "this site" : PYODIDE.host} answers with an error, ${answer.status}`;
    } catch {
        return `${OURS ? "this site's files" : PYODIDE.host} cannot be reached`;
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

function fail(words) {
    if (document.querySelector('#python[role="alert"]')) return; // the first reason is the plainest
    const link = document.createElement("a");
    link.href = READ;
    link.textContent = "Or read the course without running anything.";
    link.style.cssText = "color:inherit;text-decoration:underline";
    const told = place();
    told.setAttribute("role", "alert");
    told.replaceChildren(`${words} `, link);
}

function noPython(reason) {
    fail(
        `Python cannot be loaded: ${reason.replace(/\.$/, "")}. The lessons open and can be read, but their cells `
        + `would wait for ever. ${OURS ? "Look" : `Allow ${PYODIDE.host}, look`} at your connection, `
        + "and load this page again.",
    );
}

if (await keeps()) {
    new BroadcastChannel("smtplesson-python").onmessage = ({ data }) => noPython(data);
    const reason = await whyNot();
    const status = document.getElementById("python");
    if (reason) noPython(reason);
    else if (status) {
        status.textContent = "Python can be loaded. The first lesson that you open takes some seconds to start.";
    }
} else {
    fail(
        "This browser keeps nothing for this site, and the lessons cannot start without that. Allow site data for it, "
        + "and load this page again.",
    );
}
