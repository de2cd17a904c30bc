// What a kernel's worker loads in place of Pyodide's own script: it starts Pyodide with the site's lock.
// The lock is Pyodide's with our packages added. Theirs lie beside pyodide.js, ours beside this file.

/** What the kernel calls. A failure is told to the page as well: the kernel would wait for ever and say nothing. */
self.loadPyodide = async (options) => {
    const here = options.indexURL; // the kernel takes this file's folder for Pyodide's
    const indexURL = new URL("@PYODIDE@", here).href;
    try {
        importScripts(`${indexURL}pyodide.js`); // puts its own loadPyodide in the place of this one
        const lockFileURL = URL.createObjectURL(new Blob([JSON.stringify(await lock(here, indexURL))]));
        return await self.loadPyodide({ ...options, indexURL, lockFileURL });
    } catch (error) {
        new BroadcastChannel("smtplesson-python").postMessage(error.message ?? String(error));
        throw error;
    }
};

async function lock(here, indexURL) {
    const answer = await fetch(new URL("pyodide-lock.json", here), { cache: "no-cache" });
    if (!answer.ok) throw new Error(`${answer.url} answers with an error, ${answer.status}`);
    const found = await answer.json();
    for (const item of Object.values(found.packages)) {
        item.file_name = new URL(item.file_name, item.file_name.startsWith("./") ? here : indexURL).href;
    }
    return found;
}
