// The worker in which Python lives. It starts Python, and answers one request after another.

/** @typedef {import("./python.js").FromWorker} FromWorker */
/** @typedef {{stdlib: string, model: string, lock: import("pyodide").Lockfile}} Manifest */

const RUNTIME = new URL("runtime/", import.meta.url);
const MODEL = "/lib/course.zip"; // in Python's own file system

/** @param {string} name */
const at = (name) => new URL(name, RUNTIME).href;

/** @param {FromWorker} message */
const post = (message) => self.postMessage(message);

async function start() {
  import(at("pyodide.asm.mjs")).catch(() => {}); // Pyodide asks for it later, and tells what is wrong with it
  const [listed, { loadPyodide }] = await Promise.all([
    fetch(at("runtime.json"), { cache: "no-cache" }),
    /** @type {Promise<typeof import("pyodide")>} */ (import(at("pyodide.mjs"))),
  ]);
  /** @type {Manifest} */
  const { stdlib, model, lock } = await listed.json();
  const archive = fetch(at(model)).then((response) => response.arrayBuffer());
  const python = await loadPyodide({
    indexURL: RUNTIME.href,
    stdLibURL: at(stdlib),
    lockFileContents: lock,
    stdin: () => null,
  });
  python.FS.writeFile(MODEL, new Uint8Array(await archive)); // imported as it is: unpacking takes longer
  python.runPython(`import sys; sys.path.insert(0, "${MODEL}")`);
  const { answer } = python.pyimport("dockerlearn.learn.browser");
  return { model, answer: /** @type {(request: string, tell: (value: string) => void) => string} */ (answer) };
}

/** Why Python did not start: "off" where the site was built without it. @param {Error} error */
async function reason(error) {
  const listed = await fetch(at("runtime.json")).catch(() => null);
  return listed?.status === 404 ? "off" : error.message;
}

/** @param {Error} error */
const failed = async (error) => post({ kind: "failed", reason: await reason(error) });

const started = start();
started.then(({ model }) => post({ kind: "ready", model }), failed);
// Where its WebAssembly cannot be had or is not allowed, Pyodide only warns, and waits for ever.
console.warn = (told) => told instanceof Error && failed(told);

self.onmessage = async ({ data: { id, request } }) => {
  const { answer } = await started;
  try {
    post({ kind: "answer", id, value: answer(request, (value) => post({ kind: "told", id, value })) });
  } catch (error) {
    const { message, pyodide_fatal_error: fatal = false } = /** @type {Error & {pyodide_fatal_error?: boolean}} */ (error);
    post({ kind: "error", id, reason: String(message), fatal });
  }
};
