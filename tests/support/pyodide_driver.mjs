// Run main.py in Pyodide and call its functions: {wheel, main, calls, times} on standard input, on
// standard output the answers, or, for times above 0, the seconds a call.
import { readFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

globalThis.fetch = () => { throw new Error("nothing is fetched while the functions run"); };

const { wheel, main, calls, times } = JSON.parse(readFileSync(0, "utf8"));
const python = await loadPyodide();
python.unpackArchive(new Uint8Array(readFileSync(wheel)), "wheel");
python.globals.set("main_text", main);
python.globals.set("times", times);
const answer = python.runPython(`
import json, time, types

main = types.ModuleType("main")
exec(compile(main_text, "main.py", "exec"), main.__dict__)

def cell(value):
    # xlwings reads JavaScript's null as a blank.
    if isinstance(value, list):
        return [cell(part) for part in value]
    return None if type(value).__name__ == "JsNull" else value

def answer(name, cells):
    function, cells = getattr(main, name), cell(cells)
    if not times:
        return json.dumps(function(*cells))
    start = time.perf_counter()
    for _ in range(times):
        function(*cells)
    return json.dumps((time.perf_counter() - start) / times)

answer
`);
// The cells come as JavaScript's own, as xlwings Lite gets them from Excel.
process.stdout.write("[" + calls.map(([name, cells]) => answer(name, python.toPy(cells))).join(",") + "]");
