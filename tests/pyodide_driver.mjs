// Run main.py in Pyodide and call its functions: [wheel, main, cases] on standard input, answers on
// standard output. The cells come as JavaScript's, as xlwings Lite hands them over.
import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

globalThis.fetch = () => { throw new Error("nothing is fetched while the functions run"); };

const { wheel, main, cases } = JSON.parse(readFileSync(0, "utf8"));
const python = await loadPyodide();
python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
python.globals.set("main_text", main);
const answer = python.runPython(`
import json, sys, types

sys.dont_write_bytecode = True
main = types.ModuleType("main")
exec(compile(main_text, "main.py", "exec"), main.__dict__)

def cell(value):
    # xlwings reads JavaScript's null as a blank.
    if isinstance(value, list):
        return [cell(part) for part in value]
    return None if type(value).__name__ == "JsNull" else value

def answer(name, cells):
    return json.dumps(getattr(main, name)(*cell(cells)))

answer
`);
process.stdout.write("[" + cases.map(([name, cells]) => answer(name, python.toPy(cells))).join(",") + "]");
