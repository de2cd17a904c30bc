// Runs pytest under Pyodide: node pyodide_runner.mjs PYODIDE_FOLDER SITE.zip TESTS.zip
// The archives are unpacked into the file system of the browser's Python, which has no network.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const PYTEST = `
import os, sys
sys.path.insert(0, "/site")
os.chdir("/core")
import pytest
int(pytest.main(["--capture=sys", "-p", "no:faulthandler"])) # there are no file descriptors to take over
`;

const [folder, site, tests] = process.argv.slice(2);
const bytes = async (path) => new Uint8Array(await readFile(path));
try {
    const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
    const pyodide = await loadPyodide({ indexURL: folder });
    pyodide.unpackArchive(await bytes(site), "zip", { extractDir: "/site" });
    pyodide.unpackArchive(await bytes(tests), "zip", { extractDir: "/core" });
    process.exitCode = pyodide.runPython(PYTEST);
} catch (error) {
    console.error(error.message); // without the stack, which would print all of pyodide.asm.js
    process.exitCode = 70;
}
