// Quizzes: a choice is checked where it stands, and kept on this device only. Without this script a quiz works too: its
// answer unfolds. So nothing here makes a quiz; its empty places are filled, and they have their height already.

import { element } from "./element.js";

/**
 * The quizzes of this page that were set up, with what each keeps up to date.
 * @typedef {{ form: HTMLElement, key: string, answered: string | null, restore: (value: string | null) => void }} Quiz
 */

/** @type {Quiz[]} */
let quizzes = [];

/** The place of a page's answers in the storage. */
const prefix = () => `quiz:${location.pathname}:`;

/**
 * Ask the storage, which may be disabled, full, or denied: then nothing is kept, and nothing else is different.
 * @template T
 * @param {(storage: Storage) => T} ask
 * @returns {T | null}
 */
function stored(ask) {
  try {
    return ask(localStorage);
  } catch {
    return null;
  }
}

/**
 * A button.
 * @param {string} text
 * @param {() => void} press
 */
function button(text, press) {
  const made = element("button", { type: "button", class: "md-button quiz-button" }, text);
  made.addEventListener("click", press);
  return made;
}

/**
 * Fill the places of one quiz.
 * @param {HTMLElement} form
 * @returns {Quiz}
 */
function setUp(form) {
  const key = prefix() + form.dataset.key;
  const radios = [.../** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=radio]"))];
  const reasons = [...form.querySelectorAll(".quiz-answer li")];
  const summary = /** @type {HTMLElement} */ (form.querySelector(".quiz-answer > summary"));
  const folded = summary.textContent;
  const said = element("div", { class: "quiz-said" });

  /** @param {HTMLInputElement | undefined} radio */
  const isRight = (radio) => radio !== undefined && reasons[radios.indexOf(radio)].matches(".quiz-right");

  /**
   * Show a verdict, or none, and with it why.
   * @param {HTMLInputElement | undefined} radio
   * @param {boolean} why
   */
  function show(radio, why) {
    for (const each of radios) each.closest("li")?.classList.remove("is-right", "is-wrong");
    said.replaceChildren();
    summary.textContent = isRight(radio) ? "Why the others are wrong" : folded;
    if (!radio) return;
    radio.closest("li")?.classList.add(isRight(radio) ? "is-right" : "is-wrong");
    said.append(element("strong", { class: "quiz-verdict" }, isRight(radio) ? "Right." : "Wrong."));
    if (!why) return;
    const reason = element("p", { class: "quiz-why" });
    const words = reasons[radios.indexOf(radio)].querySelector("span");
    reason.append(...[...(words?.childNodes ?? [])].map((node) => node.cloneNode(true)));
    said.append(reason);
  }

  function check() {
    const radio = radios.find((each) => each.checked);
    if (!radio) {
      said.replaceChildren(element("span", { class: "quiz-verdict" }, "Choose an answer first."));
      return;
    }
    quiz.answered = radio.value;
    stored((storage) => storage.setItem(key, radio.value));
    show(radio, true);
  }

  /** @type {Quiz} */
  const quiz = {
    form,
    key,
    answered: null,
    restore(value) {
      const radio = radios.find((each) => each.value === value);
      quiz.answered = radio ? value : null;
      for (const each of radios) each.checked = each === radio;
      show(radio, false);
    },
  };
  form.querySelector(".quiz-bar")?.replaceChildren(button("Check", check), said);
  for (const radio of radios) radio.addEventListener("change", () => show(undefined, false));
  quiz.restore(stored((storage) => storage.getItem(key)));
  said.setAttribute("role", "status"); // only now: what was kept is there, and no news
  return quiz;
}

/** Forget the answers of this page, also those to questions that have changed since. */
function clear() {
  stored((storage) => {
    for (const key of Object.keys(storage)) if (key.startsWith(prefix())) storage.removeItem(key);
  });
  for (const quiz of quizzes) quiz.restore(null);
}

/** Set up the quizzes of the page that is shown now. */
function setUpPage() {
  const forms = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".quiz"))];
  if (forms.length === quizzes.length && forms.every((form, index) => form === quizzes[index].form)) return;
  quizzes = forms.map(setUp);
  const place = forms.at(-1)?.querySelector(".quiz-clear");
  if (!place) return;
  const said = element("span");
  said.setAttribute("role", "status");
  const told = "Your answers are kept on this device only.";
  said.textContent = told;
  place.replaceChildren(
    button("Clear my answers", () => {
      clear();
      said.textContent = "Your answers to this page are cleared.";
    }),
    said,
  );
}

// What is answered in one tab is answered in all.
addEventListener("storage", (event) => {
  for (const quiz of quizzes) {
    if (event.key !== null && event.key !== quiz.key) continue;
    const value = stored((storage) => storage.getItem(quiz.key));
    if (value !== quiz.answered) quiz.restore(value);
  }
});

// The theme replaces the page without loading it anew, and tells so.
const pages = /** @type {{ document$?: { subscribe: (set: () => void) => void } }} */ (/** @type {unknown} */ (window));
if (pages.document$) pages.document$.subscribe(setUpPage);
else setUpPage();
