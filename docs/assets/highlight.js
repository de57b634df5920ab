// Colours for code that the reader has changed: roughly what Pygments gives the page, with its class names.

/** @type {Record<string, [RegExp, string][]>} */
const TOKENS = {
  console: [
    [/#.*/, "c1"],
    [/"(?:\\[^]|[^"\\])*"?|'[^']*'?/, "s1"],
    [/\$(?:\w+|[?#$!@*]|\{[^}]*\}?)/, "nv"],
    [/(?<![\w./-])(?:for|in|do|done|if|then|else|fi|while)(?![\w./-])/, "k"],
    [/[|&;<>()]+/, "o"],
  ],
  python: [
    [/#.*/, "c1"],
    [/[rbfRBF]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)/, "s1"],
    [
      /\b(?:and|as|assert|break|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|case|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b/,
      "k",
    ],
    [/\b(?:None|True|False)\b/, "kc"],
    [/\b(?:print|len|range|sorted|set|list|dict|tuple|str|int|sum|min|max|any|all|zip|enumerate)\b/, "nb"],
    [/\b\d[\d_]*(?:\.\d+)?\b/, "mi"],
    [/[-+*/%=<>!&|^~@]+/, "o"],
  ],
};

/**
 * Code as nodes: text, and a span for each word that has a colour.
 * @param {string} language
 * @param {string} code
 * @returns {(Node | string)[]}
 */
export function highlighted(language, code) {
  const tokens = TOKENS[language];
  const any = new RegExp(tokens.map(([token]) => `(${token.source})`).join("|"), "g");
  const nodes = [];
  let read = 0;
  for (const found of code.matchAll(any)) {
    const kind = tokens.findIndex((_, place) => found[place + 1] !== undefined);
    const span = document.createElement("span");
    span.className = tokens[kind][1];
    span.textContent = found[0];
    nodes.push(code.slice(read, found.index), span);
    read = found.index + found[0].length;
  }
  return [...nodes, code.slice(read)].filter((node) => node !== "");
}
