"""What axe finds in a page: what a screen reader, or eyes that see little contrast, would stumble over."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.built import ROOT

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def violations(tab: Page, within: str = "html") -> list[str]:
    """Each place that breaks a rule, with the rule. The tab must not enforce its policy: axe is no part of the site."""
    tab.evaluate(AXE)
    found: list[dict[str, Any]] = tab.evaluate("where => axe.run(where).then(({violations}) => violations)", within)
    return [f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
