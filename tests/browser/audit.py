"""What is asked of every page in every state: nothing for axe to find, and nothing that jumps."""

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

AXE = Path("node_modules/axe-core/axe.min.js")
MODES = [(width, palette) for width in (1280, 390) for palette in ("light", "dark")]

# How far things have moved that nobody has moved.
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


def shown_in(browser: Browser, width: int, palette: str) -> BrowserContext:
    """A browser as wide as that, in light or dark, that lets axe in."""
    return browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if palette == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )


def violations(tab: Page, within: str = "html") -> list[str]:
    """What axe finds in the page, or in a part of it, rule by rule."""
    tab.evaluate(AXE.read_text(encoding="utf-8"))
    found = tab.evaluate("where => axe.run(where).then(({violations}) => violations)", within)
    return [f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


def watched(tab: Page, complaints: list[str]) -> Page:
    """A tab that notes what the browser has to complain of."""

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def thrown(error: Error) -> None:
        complaints.append(error.stack or str(error))

    tab.on("console", heard)
    tab.on("pageerror", thrown)
    return tab


def left_with(tab: Page, count: int) -> bool:
    """Whether so many workers have Python in them, as soon as those that were ended have gone."""
    for _ in range(50):
        if pythons(tab) == count:
            return True
        tab.wait_for_timeout(100)
    return False


def pythons(tab: Page) -> int:
    """How many workers have Python in them."""
    return sum(worker.url.endswith("assets/worker.js") for worker in tab.workers)
