// "My Docker": which of the three Dockers the reader has. The pages show what that one prints, and its terminal types at it.

import { element } from "./element.js";

/** Those of dockerlearn/model/edition.py, by the names that a reader gives them; the first is the pages' own. */
const DOCKERS = new Map([
  ["29", "Docker 29"],
  ["29-upgraded", "Docker 29, upgraded from 28"],
  ["28", "Docker 28"],
]);
export const [OWN] = DOCKERS.keys();
const KEY = "dockerlearn.docker";

/** Tells of each choice, as an event of that name. */
export const changes = new EventTarget();

/** What was chosen on this device, which may keep nothing, or something of another version. */
function kept() {
  try {
    const docker = localStorage.getItem(KEY) ?? OWN;
    return DOCKERS.has(docker) ? docker : OWN;
  } catch {
    return OWN;
  }
}

let docker = kept();

/** The Docker that the reader has. */
export const chosen = () => docker;

/** @param {string} choice */
function choose(choice) {
  docker = choice;
  for (const select of document.querySelectorAll("select.course-docker__choice")) {
    /** @type {HTMLSelectElement} */ (select).value = docker;
  }
  changes.dispatchEvent(new Event("choice"));
}

/** Say how much of the page the choice has changed. @param {string} message */
export function tell(message) {
  const status = document.querySelector(".course-docker__status");
  if (status) status.textContent = message;
}

function setUp() {
  const banner = document.querySelector(".course-docker");
  if (!banner || banner.querySelector("select")) return;
  const options = [...DOCKERS].map(([value, name]) => element("option", { value }, name));
  const select = element("select", { class: "course-docker__choice" }, ...options);
  select.value = docker;
  select.onchange = () => {
    try {
      localStorage.setItem(KEY, select.value);
    } catch {
      // then it lasts as long as this tab
    }
    choose(select.value);
  };
  const label = element("label", { class: "course-docker__label" }, "My Docker: ", select);
  banner.append(" ", label, " ", element("span", { class: "course-docker__status", role: "status" }));
}

const { document$ } = /** @type {{document$: {subscribe(set: () => void): void}}} */ (/** @type {unknown} */ (window));
document$.subscribe(setUp);
addEventListener("storage", ({ key }) => key === KEY && choose(kept()));
