// The playground and the challenge: a terminal in the page, the machine behind it, and what is kept of them.

import { changes as choices, chosen, OWN } from "./docker.js";
import { element } from "./element.js";
import { fresh, Place } from "./kept.js";
import { MachineView, title } from "./machine.js";
import { ask, busy, changes, delay, model, now, stop, Stopped, wake, why } from "./python.js";

/** @import { Kept } from "./kept.js" */
/** @import { Entry, Goal, View } from "./wire.js" */

const CTRL_C = "\x03";
const CTRL_D = "\x04";
const PROMPT = "$ ";
const FIRST = ["docker pull nginx", "docker run -d --name web -p 8080:80 nginx"]; // what an empty machine suggests
const MOST_COMPLETIONS = 24;
const WELCOME = "An empty machine. Type a command and press Enter";
const KEYS = "Tab completes a word; after Esc it goes on to the next control. Up and Down bring earlier lines back.";
const ASLEEP = "Python starts when you type.";
const TAKEN = "Another tab has gone on with this terminal, so what you type here is not kept.";
const REFUSED = "This browser keeps nothing for this site, or has no room: a reload begins anew.";
const STOPPED = "Stopped. The next line starts Python anew, and finds all as it was before.";
const PATIENCE = 1500; // ms, after which Ctrl+C means Python itself
const SPOILED = "What was kept here could not be read. This is a new machine.";

const CHANGED = "Docker's model has changed since you typed this: some lines print something else now.";
const lost = (/** @type {number} */ count, /** @type {number} */ all) =>
  `${count} of the ${all} lines kept here could not be played again: the model does not take them any more.`;

/** @param {string} label @param {() => void} act @param {Record<string, string>} [attributes] */
function button(label, act, attributes = {}) {
  const made = element("button", { type: "button", class: "course-terminal__button", ...attributes }, label);
  made.onclick = act;
  return made;
}

/** One terminal: what was typed at one Docker, wherever in the site it is looked at. */
class State {
  /** @param {string} name @param {string} docker */
  constructor(name, docker) {
    this.name = name;
    this.docker = docker;
    this.place = new Place(docker === OWN ? name : `${name}.${docker}`);
    this.kept = this.place.read();
    this.mine = true; // whether this tab is the one that keeps it
    this.refused = false;
    this.word = ""; // what is to be said of the last replay
  }

  /** Begin at the beginning, with all that was typed. @returns {Promise<View>} */
  async play() {
    const { kept } = this;
    const { seed, commands, digest } = kept;
    const played = await ask("play", [this.name, this.docker, seed, commands]);
    const fewer = commands.length - played.commands.length;
    if (fewer) this.word = lost(fewer, commands.length);
    else if (digest && digest !== played.digest && kept.model !== model()) this.word = CHANGED;
    Object.assign(kept, { commands: played.commands, digest: played.digest, model: model() });
    return played;
  }

  /**
   * Ask about this terminal, which Python may not know any more if it was stopped.
   * @template {"type" | "complete"} Name
   * @param {Name} name
   * @param {...unknown} given what the answer is given beyond the terminal
   * @returns {Promise<NonNullable<import("./wire.js").Answers[Name]["returned"]>>}
   */
  async ask(name, ...given) {
    const { kept } = this;
    const all = () =>
      /** @type {import("./wire.js").Answers[Name]["given"]} */ ([this.name, this.docker, kept.seed, kept.commands.length, ...given]);
    const answered = (await ask(name, all())) ?? (await this.play(), await ask(name, all()));
    if (answered === null) throw new Error("Python does not know this terminal");
    return answered;
  }

  /** @param {string} text @returns {Promise<View>} */
  async type(text) {
    const { kept } = this;
    const view = await this.ask("type", text, Date.now() / 1000);
    if (this.kept === kept) {
      kept.commands.push(...view.commands);
      Object.assign(kept, { digest: view.digest, model: model() });
      this.keep();
    }
    return view;
  }

  /** Keep what there is, unless another tab has. */
  keep() {
    if (this.mine && this.place.taken) this.mine = false;
    if (this.mine) this.refused = !this.place.write(this.kept);
  }

  /** Let this tab be the one that keeps. */
  claim() {
    this.mine = true;
    this.refused = !this.place.write(this.kept);
  }

  /** Go on with what another tab has kept. */
  follow() {
    this.mine = true;
    this.kept = this.place.read();
  }
}

/** @type {Map<string, State>} */
const states = new Map();

/** The terminal of that name at the Docker that the reader has. @param {string} name */
function stateOf(name) {
  const key = `${name} ${chosen()}`;
  const state = states.get(key) ?? new State(name, chosen());
  states.set(key, state);
  return state;
}

/** A terminal as the page shows it. */
class Terminal {
  /** @param {HTMLElement} root @param {State} state */
  constructor(root, state) {
    this.root = root;
    this.state = state;
    this.graded = state.name === "challenge";
    /** @type {Promise<unknown>} */
    this.work = Promise.resolve(); // the requests, one after another
    this.waiting = 0;
    this.since = 0; // when the last request was made
    this.shown = false; // whether anything of Python's is
    this.released = false; // whether Tab is free to leave
    this.place = 0; // in the history
    this.draft = "";
    /** @type {string | null} */
    this.prompt = PROMPT;

    this.status = element("span", { class: "course-terminal__status", role: "status" });
    this.again = button("Try again", () => this.begin(), { hidden: "" });
    const interrupter = button("Ctrl+C", () => this.interrupt(), {
      "aria-label": "Type Ctrl+C: interrupt the command",
      "data-does": "interrupt",
    });
    const over = button("Start over", () => this.startOver());
    this.lines = element("ol");
    this.log = element("div", { class: "course-terminal__log", role: "log", "aria-label": "Output", tabindex: "0" }, this.lines);
    this.lowest = true; // whether the newest line is to be in view
    this.log.onscroll = () => (this.lowest = this.log.scrollTop + this.log.clientHeight > this.log.scrollHeight - 8);
    new ResizeObserver(() => this.lowest && this.lower()).observe(this.log);
    this.label = element("span", { class: "course-terminal__prompt", role: "status" }, PROMPT); // it may be a question
    const keys = element("p", { class: "course-terminal__keys", id: `${state.name}-keys` }, KEYS);
    this.input = element("input", {
      class: "course-terminal__input",
      "aria-label": "Command",
      "aria-describedby": keys.id,
      autocomplete: "off",
      autocapitalize: "off",
      autocorrect: "off",
      spellcheck: "false",
      enterkeyhint: "send",
    });
    const form = element("form", { class: "course-terminal__form" }, this.label, this.input);
    form.append(element("button", { class: "course-terminal__button" }, "Enter"));
    form.onsubmit = (event) => {
      event.preventDefault();
      this.enter();
    };
    this.input.onkeydown = (event) => this.key(event);
    this.input.oninput = () => this.edited();
    this.input.onpaste = (event) => this.paste(event);
    this.completions = element("div", { class: "course-terminal__chips", role: "group", "aria-label": "Completions", hidden: "" });
    this.said = element("p", { class: "course-terminal__said", role: "status" });
    this.chips = element("div", { class: "course-terminal__chips", role: "group", "aria-label": "What could come next" });
    this.notice = element("div", { class: "course-terminal__notice", role: "status" });
    this.view = new MachineView();
    const bar = element("div", { class: "course-terminal__bar" }, this.status, this.again, interrupter, over);
    const screen = element(
      "section",
      { class: "course-terminal__screen", "aria-label": "Terminal" },
      bar,
      this.notice,
      this.log,
      form,
      this.said,
      this.completions,
      this.chips,
      keys,
    );
    this.goals = element("section", { class: "course-goals", "aria-label": "Goals", tabindex: "0" }, title("Goals"));
    this.goals.append(element("p", {}, "They come with Python, and tick as your commands meet them."));
    this.goals.hidden = !this.graded;
    root.replaceChildren(screen, element("div", { class: "course-terminal__side" }, this.goals, this.view.node));
    root.classList.add("course-terminal--live");
    root.addEventListener("click", (event) => {
      // A click beside the text means the prompt, but one that selects means the text.
      if (event.target instanceof Node && this.log.contains(event.target) && getSelection()?.isCollapsed) this.input.focus();
    });
    this.clear();
    this.suggest(this.graded ? [] : FIRST);
    this.tell();
    this.listen();
    if (state.kept.commands.length) this.begin();
    if (state.place.spoiled) this.remark(SPOILED);
  }

  /** Hear of Python and of other tabs, for as long as the page is there. */
  listen() {
    const stopping = new AbortController();
    const { signal } = stopping;
    const unless = (/** @type {() => void} */ act) => () => (this.log.isConnected ? act() : stopping.abort());
    const python = () => {
      this.tell();
      if (now().state === "ready" && !this.shown && !this.waiting) this.begin();
    };
    changes.addEventListener("state", unless(python), { signal });
    addEventListener("storage", unless(() => this.otherTab()), { signal });
    choices.addEventListener("choice", unless(() => new Terminal(this.root, stateOf(this.state.name))), { signal });
  }

  // What the reader does

  /** @param {KeyboardEvent} event */
  key(event) {
    const plain = !event.altKey && !event.metaKey;
    const control = plain && event.ctrlKey && !event.shiftKey;
    const selected = this.input.selectionStart !== this.input.selectionEnd || !getSelection()?.isCollapsed;
    if (event.isComposing) return;
    if (control && event.key === "c" && !selected) this.interrupt();
    else if (control && event.key === "d" && !this.input.value && this.prompt !== PROMPT) this.run(CTRL_D);
    else if (control && event.key === "l") this.clear();
    else if (event.key === "ArrowUp" && plain) this.recall(-1);
    else if (event.key === "ArrowDown" && plain) this.recall(1);
    else if (event.key === "Escape") {
      this.released = true;
      this.offer([]);
      return;
    } else if (event.key === "Tab" && plain && !event.ctrlKey && !event.shiftKey && !this.released && this.input.value.trim()) {
      void this.complete();
    } else return;
    event.preventDefault();
  }

  edited() {
    this.released = false;
    this.offer([]);
  }

  enter() {
    const line = this.input.value;
    this.input.value = "";
    if (line.trim() === "clear" && this.prompt === PROMPT) this.clear();
    else this.run(line);
  }

  /** Show the newest line. */
  lower() {
    this.log.scrollTo(0, this.log.scrollHeight);
  }

  /** An empty screen. */
  clear() {
    this.lines.replaceChildren();
    this.log.dataset.empty = `${WELCOME}${this.graded ? "." : ", or take one from below."}`;
  }

  /** Text of several lines is typed line by line; what follows the last line end stays at the prompt. @param {ClipboardEvent} event */
  paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\r\n]/.test(text)) return;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.input;
    const typed = value.slice(0, selectionStart ?? value.length) + text + value.slice(selectionEnd ?? value.length);
    const lines = typed.replace(/\r\n?/g, "\n").split("\n");
    this.input.value = lines.pop() ?? "";
    this.run(lines.join("\n"));
  }

  interrupt() {
    this.input.value = "";
    if (this.waiting && now().state === "ready" && performance.now() - this.since > PATIENCE) stop();
    else this.run(CTRL_C);
  }

  /** @param {number} step */
  recall(step) {
    const earlier = this.state.kept.commands.map(([, line]) => line).filter((line) => line.trim() && line >= " ");
    const distinct = earlier.filter((line, index) => line !== earlier[index - 1]);
    if (!this.place) this.draft = this.input.value;
    this.place = Math.min(Math.max(this.place - step, 0), distinct.length);
    this.input.value = this.place ? distinct[distinct.length - this.place] : this.draft;
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    this.edited();
  }

  async complete() {
    const { value, selectionStart } = this.input;
    const before = value.slice(0, selectionStart ?? value.length);
    const after = value.slice(before.length);
    this.released = true;
    try {
      const { word, candidates } = await this.state.ask("complete", before);
      if (this.input.value !== value) return;
      const [only] = candidates;
      const whole = candidates.length === 1 ? (/[:/]$/.test(only) ? only : `${only} `) : inCommon(candidates) || word;
      this.input.value = before.slice(0, before.length - word.length) + whole + after;
      const end = this.input.value.length - after.length;
      this.input.setSelectionRange(end, end);
      this.released = candidates.length !== 1; // what is offered is reached by the next Tab
      this.offer(candidates.length > 1 ? candidates : [], whole);
      if (!candidates.length) this.said.textContent = "Nothing to complete. Tab goes on.";
    } catch (error) {
      this.tell(error);
    }
  }

  /** Show what the last word could become. @param {string[]} candidates @param {string} [word] */
  offer(candidates, word = "") {
    const chips = candidates.slice(0, MOST_COMPLETIONS).map((candidate) =>
      button(candidate, () => {
        const { value, selectionStart } = this.input;
        const at = selectionStart ?? value.length;
        const before = `${value.slice(0, at - word.length)}${candidate} `;
        this.input.value = before + value.slice(at);
        this.input.setSelectionRange(before.length, before.length);
        this.offer([]);
        this.input.focus();
      }),
    );
    this.completions.replaceChildren(...chips);
    this.completions.hidden = !chips.length;
    this.chips.hidden = chips.length > 0;
    const more = candidates.length - chips.length;
    this.said.textContent = candidates.length ? `${candidates.length} ways to go on${more > 0 ? `, ${more} not shown` : ""}.` : "";
  }

  /** A new machine, at once: what Python is busy with is given up, and what waits for it forgotten. */
  startOver() {
    const before = this.state.kept;
    if (busy()) stop();
    this.clear();
    this.label.textContent = this.prompt = PROMPT;
    this.begin(fresh());
    if (before.commands.length) {
      this.remark("A new machine.", [
        "Undo",
        () => {
          this.remark("");
          this.begin(before);
        },
      ]);
    }
    this.input.focus();
  }

  // Python

  /**
   * One request after another, unless the terminal begins anew meanwhile; what keeps Python from answering is told.
   * @param {() => Promise<View>} request
   * @param {{anew?: boolean, text?: string}} [about] whether all is shown anew, and what was typed
   */
  async asked(request, { anew = false, text = "" } = {}) {
    this.waiting += 1;
    this.since = performance.now();
    this.tell();
    const { kept } = this.state;
    const mine = this.work.then(() => (this.state.kept === kept ? request() : null));
    this.work = mine.catch(() => {});
    try {
      const view = await mine;
      this.waiting -= 1;
      if (view && this.state.kept === kept) {
        if (anew) this.clear();
        this.show(view);
      }
      this.tell();
    } catch (error) {
      this.waiting -= 1;
      if (this.state.kept !== kept) return this.tell();
      this.input.value ||= text.includes("\n") || text < " " ? "" : text; // to be typed again
      this.tell(error);
    }
  }

  /** Show all from the beginning. @param {Kept} [kept] what to begin with, if it is something else */
  begin(kept) {
    if (kept) {
      this.state.kept = kept;
      this.state.keep();
    }
    this.place = 0;
    this.offer([]);
    void this.asked(() => this.state.play(), { anew: true });
  }

  /** @param {string} text */
  run(text) {
    this.place = 0;
    this.offer([]);
    void this.asked(() => this.state.type(text), { text });
  }

  /** Tell what Python is doing. @param {unknown} [error] */
  tell(error) {
    if (["failed", "off"].includes(now().state)) error ??= new Error();
    const waits = delay() || (this.waiting ? "Running…" : now().state === "asleep" ? ASLEEP : "");
    const [message, kind] = error instanceof Stopped ? [STOPPED, "other"] : error ? why(error) : [waits, ""];
    this.status.textContent = message;
    this.status.dataset.kind = kind;
    this.again.hidden = kind !== "failed";
    this.root.dataset.busy = `${this.waiting > 0}`;
  }

  // Other tabs, and what is kept

  otherTab() {
    if (!this.state.mine || !this.state.place.taken) return;
    this.state.mine = false;
    this.keeping();
  }

  /** Tell whether what is typed is kept. */
  keeping() {
    if (!this.state.mine) {
      this.remark(
        TAKEN,
        ["Go on from there", () => {
          this.state.follow();
          this.remark("");
          this.begin();
        }],
        ["Keep this one instead", () => {
          this.state.claim();
          this.remark("");
          this.keeping();
        }],
      );
    } else if (this.state.refused) this.remark(REFUSED);
    else if (this.state.word) this.remark(this.state.word);
    this.state.word = "";
  }

  /** @param {string} message @param {...[string, () => void]} choices */
  remark(message, ...choices) {
    this.notice.replaceChildren(
      ...(message ? [element("p", {}, message), ...choices.map(([label, act]) => button(label, act))] : []),
    );
  }

  // What came of it

  /** @param {View} view */
  show(view) {
    this.shown = true;
    const titles = new Map(view.goals.map((goal, index) => [goal.name, `Goal ${index + 1} is met: ${goal.text}`]));
    if (view.entries.length) delete this.log.dataset.empty;
    this.lines.append(...view.entries.map((entry) => line(entry, titles)));
    if (view.entries.length) this.lower();
    this.prompt = view.prompt;
    if (this.label.textContent !== (view.prompt ?? "")) this.label.textContent = view.prompt;
    this.input.placeholder = view.prompt === null ? "Ctrl+C ends the command above" : "";
    this.root.classList.toggle("course-terminal--held", view.prompt === null);
    this.view.show(view.machine, view.changes);
    this.suggest(view.suggestions);
    this.showGoals(view.goals);
    this.keeping();
    reveal(this.view.node, "[data-mark]");
  }

  /** @param {string[]} suggestions */
  suggest(suggestions) {
    const focused = this.chips.contains(document.activeElement);
    this.chips.replaceChildren(...suggestions.map((suggestion) => button(suggestion, () => this.run(suggestion))));
    if (focused) (matchMedia("(hover: hover)").matches ? this.input : this.log).focus(); // a phone would show its keyboard
  }

  /** @param {Goal[]} goals */
  showGoals(goals) {
    if (!goals.length) return;
    const focused = this.goals.contains(document.activeElement);
    const open = goals.findIndex(({ met }) => !met);
    const items = goals.map((goal, index) => {
      const mark = element("span", { class: "course-goals__mark" }, goal.met ? "Met" : "Open");
      const item = element("li", { class: "course-goals__goal" }, mark, " ", goal.text);
      item.dataset.met = `${goal.met}`;
      if (goal.hints.length && !goal.met) item.append(element("ul", {}, ...goal.hints.map((hint) => element("li", {}, hint))));
      if (index === open) {
        const more = goal.hints.length ? "Another hint" : "Hint";
        item.append(
          element(
            "p",
            {},
            button(more, () => this.run("hint"), { "aria-label": `${more} for goal ${index + 1}` }),
            button("Solution", () => solution(index + 1), { "aria-label": `Solution of goal ${index + 1}` }),
          ),
        );
      }
      return item;
    });
    const met = goals.filter((goal) => goal.met).length;
    const word =
      open < 0
        ? "All goals are met. Never stop coding."
        : `${met} of ${goals.length} goals are met. They tick as your commands meet them, in any way that works.`;
    this.goals.replaceChildren(title("Goals"), element("p", { class: "course-goals__word" }, word), element("ol", {}, ...items));
    this.goals.classList.toggle("course-goals--done", open < 0);
    reveal(this.goals, open < 0 ? "p" : "[data-met=false]");
    if (focused) (this.goals.querySelector("button") ?? this.input).focus();
  }
}

/** Scroll a box, and nothing around it, to where something in it is seen. @param {HTMLElement} box @param {string} what */
function reveal(box, what) {
  const found = box.querySelector(what);
  if (!found) return;
  const [seen, { top, bottom }] = [box.getBoundingClientRect(), found.getBoundingClientRect()];
  if (bottom > seen.bottom || top < seen.top) box.scrollBy(0, top - seen.top - seen.height / 8);
}

/** The beginning that texts have in common. @param {string[]} texts */
function inCommon(texts) {
  let common = texts[0] ?? "";
  for (const text of texts) while (!text.startsWith(common)) common = common.slice(0, -1);
  return common;
}

/** A line of the terminal, as text and nothing else. @param {Entry} entry @param {Map<string, string>} titles */
function line({ prompt, line, output, status, notes, met }, titles) {
  const typed = element("div", { class: "course-terminal__line" });
  typed.append(element("span", { class: "course-terminal__prompt" }, prompt), element("span", { class: "course-terminal__typed" }, line));
  const item = element("li", {}, typed);
  if (output) item.append(element("pre", { class: "course-terminal__output" }, output.replace(/\n$/, "")));
  if (status) item.append(element("p", { class: "course-terminal__failed" }, `Exit status ${status}`));
  item.append(...notes.map((note) => element("p", { class: "course-terminal__note" }, note)));
  item.append(...met.map((name) => element("p", { class: "course-terminal__met" }, titles.get(name) ?? name)));
  return item;
}

/** Open a step of the page's own solution, and go there. @param {number} step */
function solution(step) {
  const steps = [...document.querySelectorAll("article details")];
  const found = steps.find((each) => each.querySelector("summary")?.textContent?.trim().startsWith(`${step}.`));
  if (!(found instanceof HTMLDetailsElement)) return;
  found.open = true;
  found.scrollIntoView();
  found.querySelector("summary")?.focus();
}

const { document$ } = /** @type {{document$: {subscribe(set: () => void): void}}} */ (/** @type {unknown} */ (window));
document$.subscribe(() => {
  for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-terminal]"))) {
    if (!root.classList.contains("course-terminal--live")) new Terminal(root, stateOf(root.dataset.terminal ?? ""));
    if (!(/** @type {any} */ (navigator).connection?.saveData)) {
      const comesNear = () => now().state === "asleep" && wake();
      for (const kind of ["pointerover", "focusin", "touchstart"]) root.addEventListener(kind, comesNear, { passive: true });
    }
  }
});
