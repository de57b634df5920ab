// What was typed into a terminal of the site, kept on this device: its seed, and each line with its time.

/** @typedef {[number, string]} Command when, in seconds, and what */
/** @typedef {{seed: number, commands: Command[], model: string, digest: string}} Kept and what it printed, by which model */

const VERSION = 1; // of this form; that of the model is kept beside the lines

/** @param {unknown} value @returns {value is Command} */
const isCommand = (value) =>
  Array.isArray(value) && value.length === 2 && Number.isFinite(value[0]) && typeof value[1] === "string";

/** Something new to begin with. @returns {Kept} */
export const fresh = () => ({ seed: crypto.getRandomValues(new Uint32Array(1))[0], commands: [], model: "", digest: "" });

/** One terminal's place in the storage of the browser, which may be switched off, full, damaged, or another tab's. */
export class Place {
  /** @param {string} name */
  constructor(name) {
    this.key = `dockerlearn.${name}`;
    /** @type {string | null} */
    this.seen = null; // what stood there when we last looked; anything else is another tab's
    this.spoiled = false; // whether what stood there could not be read
  }

  /** What stands there; something new if that is nothing, or nothing that can be read. @returns {Kept} */
  read() {
    this.seen = this.look();
    this.spoiled = false;
    try {
      if (this.seen !== null) {
        const { version, seed, commands, model, digest } = JSON.parse(this.seen);
        if (version === VERSION && Number.isSafeInteger(seed) && Array.isArray(commands) && commands.every(isCommand)) {
          return { seed, commands, model: `${model ?? ""}`, digest: `${digest ?? ""}` };
        }
        this.spoiled = true;
      }
    } catch {
      this.spoiled = true;
    }
    return fresh();
  }

  /** Whether another tab has written there since we last looked. */
  get taken() {
    return this.look() !== this.seen;
  }

  /** Keep it. False if the browser does not let us. @param {Kept} kept */
  write(kept) {
    const text = JSON.stringify({ version: VERSION, ...kept });
    try {
      localStorage.setItem(this.key, text);
    } catch {
      return false;
    }
    this.seen = text;
    return true;
  }

  /** @returns {string | null} */
  look() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }
}
