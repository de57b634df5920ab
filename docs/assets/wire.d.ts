// Made by `make wire` from dockerlearn/learn/wire.py and browser.py; `make lint` refuses a stale one.

/**
 * A command of a console block as its page has it: what is typed, what it prints, and whether Ctrl-C ends it.
 *
 * `others` has what it prints on other Dockers, by their names, where that is something else.
 */
export interface Command {
  source: string;
  output: string;
  others: Record<string, string>;
  interrupt: boolean;
}

/** A block to be run, as the reader has it: its commands or its source, and the exception that Python must raise. */
export interface Example {
  language: "console" | "python";
  text: string;
  raises: string | null;
}

/** A command or a Python block that was run, what it printed, and its exit status. */
export interface Run {
  source: string;
  output: string;
  status: number;
}

/** What came of an example, by its place on the page; `error` says why Python did not come to its end, `line` where. */
export interface Outcome {
  place: number;
  runs: Run[];
  error: string | null;
  line: number | null;
}

/** A layer of an image, and the labels of the other images that share it. */
export interface Layer {
  id: string;
  size: string;
  shared: string[];
}

/** An image of a machine, with its layers from the bottom, and the names of the containers that use it. */
export interface Image {
  id: string;
  label: string;
  names: string[];
  dangling: boolean;
  size: string;
  layers: Layer[];
  containers: string[];
}

/** A container of a machine, as `docker ps` shows it, and the size of its writable layer. */
export interface Container {
  id: string;
  name: string;
  image: string;
  state: string;
  status: string;
  ports: string;
  written: string;
}

/** What is on a machine: `layers` of them, which take up `disk`; added up by image they would take up `total`. */
export interface Machine {
  images: Image[];
  containers: Container[];
  layers: number;
  disk: string;
  total: string;
}

/** What a line has done to a machine: the short IDs of what is new or changed, and the names of what is gone. */
export interface Changes {
  new: string[];
  changed: string[];
  gone: string[];
}

/**
 * A line of a terminal: what was typed after which prompt, what it printed, and what helps a learner on.
 *
 * `status` is null while the command runs. `met` has the names of the goals that it met.
 */
export interface Entry {
  prompt: string;
  line: string;
  output: string;
  status: number | null;
  notes: string[];
  met: string[];
}

/** A goal of the challenge, whether it is met, and the hints that have been given. */
export interface Goal {
  name: string;
  text: string;
  met: boolean;
  hints: string[];
}

/**
 * All that a page shows of a terminal. `prompt` is null while a command has the terminal and reads nothing.
 *
 * `digest` is one of all that its lines have printed: the same lines with another digest have printed something else.
 */
export interface View {
  entries: Entry[];
  prompt: string | null;
  machine: Machine;
  changes: Changes;
  suggestions: string[];
  goals: Goal[];
  digest: string;
}

/** What came of typing; `commands` are the lines that were taken, each with its time in seconds. */
export interface Typed {
  entries: Entry[];
  prompt: string | null;
  machine: Machine;
  changes: Changes;
  suggestions: string[];
  goals: Goal[];
  digest: string;
  commands: [number, string][];
}

/** The word that a line ends in, and what it could become. */
export interface Completion {
  word: string;
  candidates: string[];
}

/** What can be asked of Python, by name. */
export interface Answers {
  examples: { given: [docker: string, examples: Example[]]; told: Outcome; returned: null };
  play: { given: [name: string, docker: string, seed: number, commands: [number, string][]]; told: never; returned: Typed };
  type: { given: [name: string, docker: string, seed: number, count: number, text: string, at: number]; told: never; returned: Typed | null };
  complete: { given: [name: string, docker: string, seed: number, count: number, before: string]; told: never; returned: Completion | null };
}
