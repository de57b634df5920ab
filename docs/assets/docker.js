// "My Docker": which of the three Dockers the reader has. The pages show what that one prints, and its terminal types at it.

/** Those of dockerlearn/model/edition.py; the first is the pages' own. The choice itself is in overrides/main.html. */
const DOCKERS = ["29", "29-upgraded", "28"];
export const [OWN] = DOCKERS;
const CHOICE = "select.course-docker__choice";
const KEY = "dockerlearn.docker";

/** Tells of each choice, as an event of that name. */
export const changes = new EventTarget();

/** What was chosen on this device, which may keep nothing, or something of another version. */
function kept() {
  try {
    const docker = localStorage.getItem(KEY) ?? OWN;
    return DOCKERS.includes(docker) ? docker : OWN;
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
  for (const select of document.querySelectorAll(CHOICE)) {
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
  const select = /** @type {HTMLSelectElement | null} */ (document.querySelector(CHOICE));
  if (!select) return;
  select.value = docker;
  select.disabled = false;
  select.onchange = () => {
    try {
      localStorage.setItem(KEY, select.value);
    } catch {
      // then it lasts as long as this tab
    }
    choose(select.value);
  };
}

const { document$ } = /** @type {{document$: {subscribe(set: () => void): void}}} */ (/** @type {unknown} */ (window));
document$.subscribe(setUp);
addEventListener("storage", ({ key }) => key === KEY && choose(kept()));
