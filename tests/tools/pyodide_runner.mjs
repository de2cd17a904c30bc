// Runs pytest under Pyodide: node pyodide_runner.mjs PYODIDE_FOLDER SITE.zip TESTS.zip
// The archives are unpacked into the file system of the browser's Python, which has no network.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [folder, site, tests] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const pyodide = await loadPyodide({ indexURL: folder });
for (const [archive, extractDir] of [[site, "/site"], [tests, "/core"]])
    pyodide.unpackArchive(await readFile(archive), "zip", { extractDir });
const code = pyodide.runPython(`
import os, sys
sys.path.insert(0, "/site")
os.chdir("/core")
import pytest
int(pytest.main([]))
`);
process.exit(code);
