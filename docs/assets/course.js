// Material gives each code block a <nav> for its copy button, without a name; landmarks of one kind need names of their own.
new MutationObserver(() => {
  document.querySelectorAll("nav.md-code__nav:not([aria-label])").forEach((nav) => {
    const all = [...document.querySelectorAll("nav.md-code__nav")];
    nav.setAttribute("aria-label", `Code block ${all.indexOf(nav) + 1}`);
  });
}).observe(document.body, { childList: true, subtree: true });
