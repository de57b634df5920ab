// Run: the examples of a page, edited and run where they stand, with what they print in the place of what was printed.

import { changes as choices, chosen, OWN, tell } from "./docker.js";
import { element } from "./element.js";
import { highlighted } from "./highlight.js";
import { ask, changes, delay, stop, wake, why } from "./python.js";

/** @import { Command, Example as Request, Outcome } from "./wire.js" */
/** @typedef {{source: string, output: string}} Run */

const INTERRUPT = "^C";
const CUE = "No Docker? Run it here, in your browser.";

/** @param {string} text @returns {string[]} */
const linesOf = (text) => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** What is typed to run commands, and to interrupt them as the page does. @param {Command[]} commands */
const typed = (commands) => commands.map(({ source, interrupt }) => (interrupt ? `${source}\n${INTERRUPT}` : source)).join("\n");

/** @param {Run[]} runs */
const printed = (runs) => runs.map(({ output }) => output).join("");

/** Output as the page shows it: each line a span that the mouse does not select. @param {string} output */
const outputNodes = (output) => linesOf(output).map((line) => element("span", { class: "go" }, line));

/** @param {Run[]} runs */
const terminalNodes = (runs) =>
  runs.flatMap(({ source, output }) => [
    ...source.split("\n").flatMap((line, index) => [
      element("span", { class: "gp" }, index ? "> " : "$ "),
      ...highlighted("console", line),
      "\n",
    ]),
    ...outputNodes(output && !output.endsWith("\n") ? `${output}\n` : output),
  ]);

/** A block that can be run, with its buttons. */
class Example {
  /** @param {HTMLElement} block @param {number} number @param {(example: Example) => void} run */
  constructor(block, number, run) {
    this.block = block;
    this.name = `example ${number}`;
    /** @type {Request["language"]} */
    this.language = block.dataset.commands ? "console" : "python";
    this.pre = /** @type {HTMLElement} */ (block.querySelector("pre"));
    this.code = /** @type {HTMLElement} */ (this.pre.querySelector("code"));
    this.own = [...this.code.childNodes];
    /** @type {(Node | string)[]} */
    this.original = this.own;
    const following = block.nextElementSibling;
    this.printed = following?.classList.contains("language-output") ? following : null; // the page's own output block
    /** @type {Command[]} */
    this.commands = JSON.parse(block.dataset.commands ?? "null") ?? [this.python()];
    this.runs = this.commands; // with the output of the Docker that the reader has
    this.text = this.originalText = typed(this.runs);
    this.copied = block.dataset.copy;
    this.running = false;
    /** @type {HTMLTextAreaElement | null} */
    this.editor = null;
    /** @type {HTMLElement | null} */
    this.result = null; // what stands in the place of the page's own output block
    this.go = this.button("Run", () => (this.running ? stop() : run(this)));
    this.edit = this.button("Edit", () => this.open());
    this.reset = this.button("Reset", () => this.restore());
    this.reset.hidden = true;
    this.status = element("span", { class: "course-run__status", role: "status" });
    const bar = { class: "course-run", role: "group", "aria-label": `Example ${number}` };
    block.append(element("div", bar, this.go, this.edit, this.reset, this.status));
    block.classList.add("course-runnable");
    this.runIt = () => run(this);
    this.choose(chosen());
  }

  /** Whether a Docker prints something else than the page's own. @param {string} docker */
  differs(docker) {
    return this.commands.some(({ others }) => docker in others);
  }

  /** Show what a Docker prints, unless the reader has changed what is typed. @param {string} docker */
  choose(docker) {
    this.runs = this.commands.map((command) => ({ ...command, output: command.others[docker] ?? command.output }));
    this.original = this.differs(docker) ? terminalNodes(this.runs) : this.own;
    if (this.language !== "console" || this.edited || this.editor || this.running) return;
    this.code.replaceChildren(...this.original);
    if (!this.status.classList.contains("course-run__cue")) this.say("");
    this.reset.hidden = true;
  }

  /** @param {string} label @param {() => void} act */
  button(label, act) {
    const made = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "course-run__button" }));
    made.onclick = act;
    this.label(made, label);
    return made;
  }

  /** @param {HTMLButtonElement} button @param {string} label */
  label(button, label) {
    button.textContent = label;
    button.setAttribute("aria-label", `${label} ${this.name}`);
    button.dataset.does = label.toLowerCase();
  }

  /** What Python is asked to run. @returns {Request} */
  get request() {
    return { language: this.language, text: this.text, raises: this.block.dataset.raises ?? null };
  }

  get edited() {
    return this.text !== this.originalText;
  }

  /** A Python example, as the page shows it and what it prints. @returns {Command} */
  python() {
    const output = this.printed?.querySelector("code")?.textContent ?? "";
    return { source: (this.code.textContent ?? "").replace(/\n$/, ""), output, others: {}, interrupt: false };
  }

  /** @param {string} message @param {string} [kind] same, other, or failed */
  say(message, kind = "") {
    this.status.textContent = message;
    this.status.dataset.kind = kind;
  }

  /** @param {boolean} running */
  busy(running) {
    this.running = running;
    this.block.setAttribute("aria-busy", `${running}`);
    this.label(this.go, running ? "Stop" : "Run");
  }

  /** Let the reader edit. */
  open() {
    if (!this.editor) {
      const attributes = { class: "course-editor", spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off" };
      const editor = /** @type {HTMLTextAreaElement} */ (element("textarea", attributes));
      editor.setAttribute("aria-label", `The ${this.language === "console" ? "commands" : "Python"} of ${this.name}`);
      editor.value = this.text;
      editor.oninput = () => this.type(editor.value);
      editor.onscroll = () => this.code.scrollTo(editor.scrollLeft, editor.scrollTop);
      editor.onkeydown = (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) {
          event.preventDefault();
          if (!this.running) this.runIt();
        } else if (event.key === "Escape") this.go.focus();
      };
      this.editor = editor;
      this.pre.append(editor);
      this.block.classList.add("course-edited");
      this.edit.hidden = true;
      this.reset.hidden = false;
      this.type(this.text);
      this.say(matchMedia("(hover: hover)").matches ? "Ctrl+Enter runs it." : "");
    }
    this.editor.focus();
  }

  /** @param {string} text */
  type(text) {
    this.text = text;
    this.code.replaceChildren(...highlighted(this.language, `${text}\n`));
    if (this.language === "console") this.block.dataset.copy = linesOf(text).filter((line) => line.trim() !== INTERRUPT).join("");
  }

  /** @param {boolean} [focused] whether the keyboard should stay here */
  close(focused = this.editor === document.activeElement) {
    this.editor?.remove();
    this.editor = null;
    this.block.classList.remove("course-edited");
    this.edit.hidden = false;
    if (focused) this.edit.focus();
  }

  /** Let all be as the page has it. */
  restore() {
    this.close(false);
    this.text = this.originalText;
    this.code.replaceChildren(...this.original);
    if (this.copied !== undefined) this.block.dataset.copy = this.copied;
    this.print(null);
    this.say("");
    this.go.focus();
    this.reset.hidden = true;
  }

  /** Show what came of it. @param {Outcome} outcome */
  show({ runs, error, line }) {
    const output = printed(runs) + (error ?? "");
    const same = output === printed(this.runs);
    if (this.language === "console") {
      this.close();
      const asDocumented = same && !this.edited && runs.every((run, index) => run.output === this.runs[index].output);
      this.code.replaceChildren(...(asDocumented ? this.original : terminalNodes(runs)));
    } else this.print(same ? null : output, error !== null);
    this.reset.hidden = !this.editor && same && !this.edited;
    if (error !== null) this.say(line ? `It failed, in line ${line}.` : "It failed.", "failed");
    else if (same) this.say(this.edited ? "Prints the same as documented." : "Just as documented.", "same");
    else this.say(this.edited ? "Prints something else than documented." : "Not as documented!", this.edited ? "other" : "failed");
  }

  /** Put output in the place of the page's own, or the page's own back. @param {string | null} output @param {boolean} [failed] */
  print(output, failed = false) {
    this.result?.remove();
    this.result = null;
    this.printed?.toggleAttribute("hidden", output !== null);
    if (output) {
      const code = element("code", { tabindex: "0" }, ...outputNodes(output));
      this.result = element("div", { class: "language-output highlight no-copy course-result" }, element("pre", {}, code));
      this.result.classList.toggle("course-failed", failed);
      this.block.after(this.result);
    }
  }
}

/** The examples of the page that is read, and the one that is being run. */
class Page {
  /** @param {Element} article */
  constructor(article) {
    const blocks = /** @type {NodeListOf<HTMLElement>} */ (
      article.querySelectorAll(".language-console[data-commands], .language-python.highlight")
    );
    const examples = [...blocks].filter((block) => !block.hasAttribute("data-skip"));
    this.examples = examples.map((block, index) => new Example(block, index + 1, (example) => this.run(example)));
    this.examples[0]?.say(CUE);
    this.examples[0]?.status.classList.add("course-run__cue");
    this.told(chosen());
    const stopping = new AbortController();
    const choose = () => (article.isConnected ? this.choose(chosen()) : stopping.abort());
    choices.addEventListener("choice", choose, { signal: stopping.signal });
  }

  /** @param {string} docker */
  choose(docker) {
    for (const example of this.examples) example.choose(docker);
    this.told(docker);
  }

  /** Say how many examples are other ones at a Docker. @param {string} docker */
  told(docker) {
    const count = this.examples.filter((example) => example.differs(docker)).length;
    tell(docker === OWN ? "" : count === 1 ? "1 example here prints something else." : `${count} examples here print something else.`);
  }

  /** Run an example, and before it those above it that have not been run. @param {Example} example */
  async run(example) {
    if (current !== this && current?.examples.some(({ running }) => running)) stop(); // nobody reads that page any more
    current = this;
    const upTo = this.examples.slice(0, this.examples.indexOf(example) + 1);
    let last = -1;
    /** @type {Outcome | null} */
    let failure = null;
    example.busy(true);
    const waits = () => example.say(delay() || "Running…");
    changes.addEventListener("state", waits);
    waits();
    try {
      await ask("examples", [chosen(), upTo.map(({ request }) => request)], (outcome) => {
        last = outcome.place;
        if (outcome.error !== null) failure = outcome;
        upTo[last].show(outcome);
      });
      if (failure && upTo[last] !== example) example.say(`Not run: ${upTo[last].name} failed.`, "failed");
    } catch (error) {
      example.say(...why(error));
    } finally {
      changes.removeEventListener("state", waits);
      example.busy(false);
    }
  }
}

/** @type {Page | null} */
let current = null;

/** @param {Event} event */
function comesNear({ target }) {
  if (target instanceof Element && target.closest(".course-runnable")) wake();
}

const { document$ } = /** @type {{document$: {subscribe(set: () => void): void}}} */ (/** @type {unknown} */ (window));
document$.subscribe(() => {
  const article = document.querySelector("article");
  if (article && !article.querySelector(".course-run")) new Page(article);
});

// Python takes a moment to start. Whoever only reads downloads nothing.
if (!(/** @type {any} */ (navigator).connection?.saveData)) {
  for (const kind of ["pointerover", "focusin", "touchstart"]) document.addEventListener(kind, comesNear, { passive: true });
}
