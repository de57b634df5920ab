// Runs a module of the folder that it is called in with Pyodide's Python: node runtime.mjs MODULE [ARGUMENT ...]
import { loadPyodide } from "pyodide";

// What is compiled remembers its lines, not its columns: that is a third less to fetch.
const python = await loadPyodide({ env: { HOME: "/home/pyodide", PYTHONNODEBUGRANGES: "1" } });
python.mountNodeFS("/mnt", process.cwd());
try {
  python.globals.set("words", python.toPy(process.argv.slice(2)));
  python.runPython(`
import os, runpy, sys
os.chdir("/mnt")
sys.path.insert(0, "/mnt")
sys.argv[:] = words
runpy.run_module(words[0], run_name="__main__", alter_sys=True)
`);
} catch (error) {
  console.error(String(error.message ?? error));
  process.exitCode = 1;
}
