// Python in this tab: one worker for all pages that are read in it, started when somebody is about to need it.

/** @import { Answers } from "./wire.js" */
/** @typedef {{kind: "ready", model: string} | {kind: "failed", reason: string}} Started */
/** @typedef {{kind: "answer" | "told", id: number, value: string} | {kind: "error", id: number, reason: string, fatal: boolean}} Answer */
/** @typedef {Started | Answer} FromWorker */
/** @typedef {{tell: (value: any) => void, answer: (value: any) => void, fail: (error: Error) => void}} Waiting */
/** @typedef {"asleep" | "starting" | "slow" | "ready" | "failed" | "off"} State */

const LONG = 15_000; // ms after which whoever waits for Python is told what may be wrong

/** Python was stopped before it had answered. */
export class Stopped extends Error {}

const STARTING = "Starting Python…";
const SLOW = "Python takes long to start. On a slow connection, wait; otherwise reload the page.";
const OFF = "Run is off: this site was built without Python for the browser.";
const FAILED = "Python did not start. Reload the page, or try another browser.";

/** @type {State} */
let state = "asleep";
let reason = "";
/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, Waiting>} */
const waiting = new Map();
let requests = 0;
let patience = 0;
let version = "";

/** Tells of each change of the state, as an event of that name. */
export const changes = new EventTarget();

/** What Python is doing, and why it failed if it did. */
export const now = () => ({ state, why: reason });

/** Which version of the model answers: the name of its archive, which is that of its bytes. */
export const model = () => version;

/** Whether somebody waits for an answer. */
export const busy = () => waiting.size > 0;

/** What to tell somebody who waits for Python; nothing once it is there. */
export const delay = () => (state === "slow" ? SLOW : state === "starting" ? STARTING : "");

/** What to tell somebody who gets no answer, and of what kind that is. @param {unknown} error @returns {[string, string]} */
export function why(error) {
  if (error instanceof Stopped) return ["Stopped. Run starts Python anew.", "other"];
  if (state === "off") return [OFF, "other"];
  if (state === "failed") return [`${FAILED} (${reason})`, "failed"];
  const { message } = /** @type {Error} */ (error);
  return [`Python cannot answer: ${message.trim().split("\n").at(-1)}`, "failed"];
}

/** @param {State} next @param {string} [because] */
function become(next, because = "") {
  [state, reason] = [next, because];
  clearTimeout(patience);
  if (next === "starting") patience = setTimeout(become, LONG, "slow");
  changes.dispatchEvent(new Event("state"));
}

/** Start Python, unless it is there, on its way, or not to be had. */
export function wake() {
  if (worker || state === "off") return;
  worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => heard(data);
  worker.onerror = (event) => {
    event.preventDefault();
    heard({ kind: "failed", reason: event.message || "its files could not be read" });
  };
  become("starting");
}

/** @param {FromWorker} message */
function heard(message) {
  if (message.kind === "ready") {
    version = message.model;
    return become("ready");
  }
  if (message.kind === "failed") {
    end(new Error(message.reason));
    return become(message.reason === "off" ? "off" : "failed", message.reason);
  }
  const asked = waiting.get(message.id);
  if (!asked) return;
  if (message.kind === "told") return asked.tell(JSON.parse(message.value));
  waiting.delete(message.id);
  if (message.kind !== "error") return asked.answer(JSON.parse(message.value));
  asked.fail(new Error(message.reason));
  if (message.fatal) stop(); // half of it has ended: what it answered from now on would mean nothing
}

/** @param {Error} error */
function end(error) {
  worker?.terminate();
  worker = null;
  const left = [...waiting.values()];
  waiting.clear();
  left.forEach(({ fail }) => fail(error));
}

/** Stop Python at once, whatever it does: nothing that it knew is left. Who waits for an answer gets `Stopped`. */
export function stop() {
  if (worker) become("asleep");
  end(new Stopped("stopped"));
}

/**
 * Ask what dockerlearn/learn/browser.py answers, by its name there.
 * @template {keyof Answers} Name
 * @param {Name} name
 * @param {Answers[Name]["given"]} given
 * @param {(value: Answers[Name]["told"]) => void} [tell] gets what is told before the answer
 * @returns {Promise<Answers[Name]["returned"]>} rejected with `Stopped`, or with why Python cannot answer
 */
export function ask(name, given, tell = () => {}) {
  wake();
  if (!worker) return Promise.reject(new Error(reason));
  const id = ++requests;
  worker.postMessage({ id, request: JSON.stringify([name, ...given]) });
  return new Promise((answer, fail) => waiting.set(id, { tell, answer, fail }));
}
