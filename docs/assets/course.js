// What the theme adds to a page by script lacks two things that a reader without a mouse or a screen needs.
new MutationObserver(() => {
  // A <nav> around each copy button: landmarks of one kind need names of their own.
  const navs = [...document.querySelectorAll("nav.md-code__nav")];
  navs.forEach((nav, index) => {
    if (!nav.hasAttribute("aria-label")) nav.setAttribute("aria-label", `Code block ${index + 1}`);
  });
  // A box around each table: one that scrolls must be reachable from the keyboard.
  /** @type {NodeListOf<HTMLElement>} */
  const boxes = document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])");
  boxes.forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  });
}).observe(document.body, { childList: true, subtree: true });

// Reading comes first: what else the page can do is fetched when all of it is there to be read.
const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
/** @param {string} name */
const fetched = (name) => import(new URL(name, src).href);
const rest = () => {
  ["docker.js", "run.js", "quiz.js"].forEach(fetched);
  const { document$ } = /** @type {{document$: {subscribe(set: () => void): void}}} */ (/** @type {unknown} */ (window));
  document$.subscribe(() => void (document.querySelector("[data-terminal]") && fetched("playground.js")));
};
if (document.readyState === "complete") rest();
else addEventListener("load", rest);
