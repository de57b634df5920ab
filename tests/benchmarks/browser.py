"""The promises about speed in the reader's browser, measured: the second half of `make bench`."""

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from zipfile import ZIP_DEFLATED, ZipFile

from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import Browser, BrowserContext, Page, Response

from dockerlearn.learn.playground import CTRL_C, CTRL_D, LONGEST_REST
from tests.browser.built import ROOT, SITE, addresses, chromium, served
from tests.browser.examples import run, runnable
from tests.hostile import BUSY, LINES, PREPARED

ROUNDS = 9
PYODIDE = ROOT / "node_modules/pyodide"
LESSON, PLAYGROUND = addresses()["docs/what-is-an-image.md"], addresses()["docs/playground.md"]
TRIED = (
    "docker pull nginx", "docker run -d --name web{} nginx", "docker ps", "docker images", "docker stop web{}", "docker ps -a",
    "docker logs web{}", "docker rm web{}", "docker imges", "echo {}",
)  # fmt: skip
REQUEST = json.dumps(["examples", [{"language": "console", "text": "docker pull nginx", "raises": None}]])

# Pyodide as it is published, and the model as source; asked in the same way.
PUBLISHED = """
import { loadPyodide } from "./pyodide/pyodide.mjs";
const started = (async () => {
  const model = fetch("model.zip").then((response) => response.arrayBuffer());
  const python = await loadPyodide();
  python.unpackArchive(await model, "zip", { extractDir: "/lib/course" });
  python.runPython(`import sys; sys.path.insert(0, "/lib/course")`);
  return python.pyimport("dockerlearn.learn.browser").answer;
})();
self.onmessage = async ({ data: { id, request } }) => {
  const answer = await started;
  answer(request, (value) => self.postMessage({ kind: "told", id, value }));
};
"""
# From the wish for a Python to the first output of an example.
BOOT = """([script, request]) => new Promise((resolve, reject) => {
  const start = performance.now();
  const worker = new Worker(script, { type: "module" });
  worker.onerror = () => reject(new Error("the worker did not start"));
  worker.onmessage = ({ data }) => {
    if (data.kind === "failed") reject(new Error(data.reason));
    if (data.kind !== "told") return;
    const taken = performance.now() - start;
    worker.terminate();
    resolve([taken, JSON.parse(data.value).runs[0].output]);
  };
  worker.postMessage({ id: 1, request });
})"""
CLICK = """block => new Promise((resolve) => {
  const status = block.querySelector(".course-run__status");
  const start = performance.now();
  new MutationObserver(() => {
    if (status.textContent === "Just as documented.") resolve(performance.now() - start);
  }).observe(status, { childList: true, characterData: true, subtree: true });
  block.querySelector("[data-does=run]").click();
})"""
READY = """async () => {
  const { changes, now } = await import("/assets/python.js");
  while (now().state !== "ready") await new Promise((resolve) => changes.addEventListener("state", resolve, { once: true }));
}"""
LOAD = """() => new Promise((resolve) => {
  const nothing = () => new PerformanceObserver((list) => {
    const painted = list.getEntries().at(-1).startTime;
    resolve([performance.getEntriesByType("navigation")[0].loadEventEnd, painted]);
  }).observe({ type: "largest-contentful-paint", buffered: true });
  document.readyState === "complete" ? setTimeout(nothing) : addEventListener("load", () => setTimeout(nothing));
})"""
# From a line's Enter to what came of it, on the page; and from the load of the page to Python, and on to all lines.
ANSWERED = """(line) => new Promise((resolve) => {
  const [input, list] = ["input", "ol"].map((name) => document.querySelector(`.course-terminal__screen ${name}`));
  const start = performance.now();
  const observer = new MutationObserver(() => {
    observer.disconnect();
    resolve(performance.now() - start);
  });
  observer.observe(list, { childList: true });
  input.value = line;
  input.form.requestSubmit();
})"""
REPLAYED = """async (count) => {
  while (!document.querySelector(".course-terminal__log")) await new Promise(requestAnimationFrame);
  const { changes, now } = await import("/assets/python.js");
  while (now().state !== "ready") await new Promise((resolve) => changes.addEventListener("state", resolve, { once: true }));
  const booted = performance.now();
  while (document.querySelectorAll(".course-terminal__log li").length < count) await new Promise((resolve) => setTimeout(resolve));
  return [booted, performance.now() - booted];
}"""
# The page's clock, which can be set ahead.
AHEAD = """
window.ahead = 0;
const { now } = Date;
Date.now = () => now() + window.ahead;
"""
LONG_TASKS = """
window.blocked = [];
new PerformanceObserver((list) => window.blocked.push(...list.getEntries().map((each) => each.duration))).observe({
  type: "longtask",
});
"""


@contextmanager
def folder_of_both() -> Iterator[Path]:
    """A folder with our worker and its runtime, and beside it Pyodide as npm has it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "index.html").write_text("<!doctype html><title>A page</title>")
        shutil.copytree(SITE / "assets/runtime", folder / "runtime")
        shutil.copy(SITE / "assets/worker.js", folder)
        shutil.copytree(PYODIDE, folder / "pyodide")
        (folder / "published.js").write_text(PUBLISHED)
        with ZipFile(folder / "model.zip", "w", ZIP_DEFLATED) as archive:
            for file in sorted((ROOT / "dockerlearn").rglob("*.*")):
                if file.suffix in (".py", ".txt"):
                    archive.write(file, file.relative_to(ROOT))
        yield folder


def booted(tab: Page, script: str) -> float:
    """Milliseconds until a worker has answered."""
    taken, output = tab.evaluate(BOOT, [script, REQUEST])
    assert "Status: Downloaded newer image for nginx:latest" in output, output
    return float(taken)


def boots(browser: Browser) -> Iterator[str]:
    """From nothing to the first output, in a browser that was never here, and in one that was."""
    scripts = ("worker.js", "published.js")
    cold: dict[str, list[float]] = {script: [] for script in scripts}
    warm: dict[str, list[float]] = {script: [] for script in scripts}
    with folder_of_both() as folder, served(folder) as address:
        for _ in range(ROUNDS):
            for script in scripts:
                context = browser.new_context()
                tab = context.new_page()
                tab.goto(address)
                cold[script].append(booted(tab, script))
                booted(tab, script)  # once more, until all that a browser keeps is kept
                tab.goto(address)
                warm[script].append(booted(tab, script))
                context.close()
    for how, taken, most in (("cold", cold, 0.45), ("warm", warm, 0.40)):
        ours, theirs = (median(taken[script]) for script in scripts)
        yield row(f"first output, {how} / Pyodide as published", ours, theirs, most)


def fresh(context: BrowserContext, address: str) -> Page:
    """A lesson's page that nobody has come near yet."""
    tab = context.new_page()
    tab.add_init_script(LONG_TASKS)
    tab.goto(address + LESSON, wait_until="networkidle")
    return tab


def clicks(browser: Browser) -> Iterator[str]:
    """What a reader waits for after pressing Run when Python was started by hovering, and what starting it blocks."""
    taken, blocked = [], []
    with served() as address:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        for _ in range(ROUNDS):
            tab = fresh(context, address)
            first, second = runnable(tab)[:2]
            tab.evaluate("window.blocked.length = 0")
            with tab.expect_worker():
                first.hover()
            run(first)  # waits until Python is there
            blocked.append(max(tab.evaluate("window.blocked"), default=0.0))
            tab.close()
            tab = fresh(context, address)
            first, second = runnable(tab)[:2]
            first.hover()
            tab.evaluate(READY)
            taken.append(first.evaluate(CLICK))
            run(second)
            tab.close()
        context.close()
    yield f"{'click to output, after hovering':<52} {median(taken):>8.0f} ms {'':>18}  at most 150 ms"
    longest = f"{max(blocked):.0f}" if max(blocked) else "under 50"
    yield f"{'longest task of the page while Python starts':<52} {longest:>8} ms {'':>18}  at most 50 ms"


def stock(folder: Path) -> None:
    """Build the same pages with the theme as it comes."""
    theme = {"name": "material", "font": False}
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), theme=theme, extra_css=[], extra_javascript=[]))


class Weighed:
    """What a tab fetches, from here on."""

    def __init__(self, tab: Page) -> None:
        self._responses: list[Response] = []
        tab.on("response", lambda response: self._responses.append(response))

    def bytes(self) -> int:
        """All of it, each file compressed, as hosts of static sites send it."""
        return sum(len(gzip.compress(response.body(), 6)) for response in self._responses)


def loads(browser: Browser) -> Iterator[str]:
    """The first load of a lesson's page: what is fetched, when all is there, when most is painted."""
    with tempfile.TemporaryDirectory() as folder:
        stock(Path(folder))
        with served() as ours, served(Path(folder)) as theirs:
            taken: dict[str, list[list[float]]] = {ours: [], theirs: []}
            weight: dict[str, int] = {}
            for _ in range(ROUNDS):
                for address, seen in taken.items():
                    context = browser.new_context(viewport={"width": 1280, "height": 900})
                    tab = context.new_page()
                    weighed = Weighed(tab)
                    tab.goto(address + LESSON, wait_until="networkidle")
                    seen.append(tab.evaluate(LOAD))
                    weight[address] = weighed.bytes()
                    context.close()
    for place, what in enumerate(("loaded", "largest paint")):
        mine, stocks = (median(each[place] for each in taken[address]) for address in (ours, theirs))
        yield row(f"a lesson's page, first {what} / stock Material", mine, stocks, 1.4)
    mine, stocks = weight[ours] / 1e3, weight[theirs] / 1e3
    yield f"{'its bytes, compressed / stock Material':<52} {mine:>8.1f} kB {stocks:>8.1f} kB {mine / stocks:>6.2f}  at most 1.4"


def typed(count: int) -> list[tuple[float, str]]:
    """So many lines of somebody who tries this and that, one every ten seconds."""
    lines = [line.format(number) for number in range(count // len(TRIED) + 1) for line in TRIED]
    return [(1_795_700_000.0 + 10 * place, line) for place, line in enumerate(lines[:count])]


def terminals(browser: Browser) -> Iterator[str]:
    """What somebody waits for at the playground's prompt, after so many lines; and what those cost when the page is loaded."""
    with served() as address:
        for count in (1, 100, 1_000):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            kept = json.dumps({"version": 1, "seed": 1, "commands": typed(count)})
            context.add_init_script(f"localStorage['dockerlearn.playground'] ??= {json.dumps(kept)}")
            tab = context.new_page()
            loads: list[tuple[float, float]] = []
            for _ in range(ROUNDS if count < 1_000 else 1):
                tab.goto(address + PLAYGROUND, wait_until="commit")
                loads.append(tab.evaluate(REPLAYED, count))
            for line in TRIED:
                tab.evaluate(ANSWERED, line.format("warm"))
            answers = sorted(tab.evaluate(ANSWERED, line.format(f"x{place}")) for place in range(5) for line in TRIED)
            slow = answers[len(answers) * 9 // 10]
            what = f"line to answer after {count:,}, {len(answers)} lines / slowest tenth"
            yield f"{what:<52} {median(answers):>8.1f} ms {slow:>8.1f} ms {'':>6}  median at most 30 ms"
            if count == 100:
                booted, played = (median(column) for column in zip(*loads, strict=True))
                what = f"reload: {count} lines played again / Python's start"
                yield f"{what:<52} {played:>8.1f} ms {booted:>8.1f} ms {'':>6}  at most 500 ms"
            context.close()


def terminal(context: BrowserContext, address: str) -> Page:
    """The playground, once Python has answered in it."""
    tab = context.new_page()
    tab.add_init_script(AHEAD)
    tab.goto(address + PLAYGROUND)
    tab.locator(".course-terminal--live").wait_for()
    tab.evaluate(ANSWERED, "docker version")
    return tab


def hostile(browser: Browser) -> Iterator[str]:
    """The slowest of the hostile lines, and the first line after a year in which ten loops went on."""
    taken: list[tuple[float, str]] = []
    with served() as address:
        for lines in LINES.values():
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            tab = terminal(context, address)
            for line in PREPARED:
                tab.evaluate(ANSWERED, line)
            for line in lines:
                taken.append((tab.evaluate(ANSWERED, line), line))
                for key in (CTRL_C, CTRL_C, CTRL_D):
                    if tab.locator(".course-terminal__form .course-terminal__prompt").inner_text().strip() != "$":
                        tab.evaluate(ANSWERED, key)
            context.close()
        slowest, line = max(taken)
        what = f"{len(taken)} hostile lines: slowest / median"
        yield f"{row(what, slowest, median(each for each, _ in taken), 1_000)} ms  ({line[:40]})"
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        tab = terminal(context, address)
        for number, loop in enumerate(BUSY):
            tab.evaluate(ANSWERED, f"docker run -d --name c{number} alpine sh -c '{loop}'")
        years: list[float] = []
        for _ in range(ROUNDS):
            tab.evaluate(f"window.ahead += {LONGEST_REST * 1000}")
            years.append(tab.evaluate(ANSWERED, "docker ps -a"))
        what = f"{len(BUSY)} busy loops, next line after a year / slowest"
        yield f"{what:<52} {median(years):>8.1f} ms {max(years):>8.1f} ms {'':>6}  at most 300 ms"
        context.close()


def row(what: str, taken: float, yardstick: float, most: float) -> str:
    """One line of the table, of milliseconds."""
    return f"{what:<52} {taken:>8.1f} ms {yardstick:>8.1f} ms {taken / yardstick:>6.2f}  at most {most}"


def main() -> None:
    """Measure, and print the table."""
    sections: list[Callable[[Browser], Iterator[str]]] = [boots, clicks, terminals, hostile, loads]
    with chromium() as browser:
        print(f"{f'Chromium {browser.version}, medians of {ROUNDS}':<52} {'this':>11} {'yardstick':>11} {'ratio':>6}")
        for section in sections:
            for line in section(browser):
                print(line, flush=True)


if __name__ == "__main__":
    main()
