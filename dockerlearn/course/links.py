"""The links of the built site: inside, to files and anchors that exist; to the outside, to what can be an address.

Whether another host answers is not asked: that would fail on a day on which nothing here is wrong.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

from .built import Site

_HOST = re.compile(r"(?!-)[\w-]+(?:\.(?!-)[\w-]+)*")
_HOSTLESS = {"mailto", "tel", "data"}


def dead(site: Site, page: str, url: str) -> str | None:
    """Why a link on a page of the site leads nowhere, or None if it leads somewhere."""
    # Without a site_url the site may lie in any folder of any host; but its 404.html, which is shown at any depth, has
    # absolute links, to the root of a host.
    root = site.url or ("https://site.invalid/folder/" if page in site.pages else "https://site.invalid/")
    try:
        target = urlsplit(url if urlsplit(url).scheme else urljoin(root + page, url))
        _ = target.port  # read for its ValueError: this is where urllib checks the number
    except ValueError as error:
        return f"is no address: {error}"
    if (target.scheme, target.netloc) == urlsplit(root)[:2]:
        return _missing(site, unquote(target.path), urlsplit(root).path, unquote(target.fragment))
    if target.scheme in _HOSTLESS:
        return None
    if target.scheme not in {"http", "https"}:
        return f"has a scheme that leads to no page: {target.scheme!r}"
    if not _HOST.fullmatch(target.hostname or "") or re.search(r"\s", url):
        return "is no address: that is https://, a host, and no blank anywhere"
    return None


def _missing(site: Site, path: str, root: str, anchor: str) -> str | None:
    if not path.startswith(root):
        return "leaves the folder of the site: make it relative to the page"
    file = path.removeprefix(root)
    if not file or file.endswith("/"):
        file += "index.html"
    if file in site.html:
        return None if anchor in site.html[file].anchors else f"leads to no anchor: {file} has no id {anchor!r}"
    return None if (site.folder / file).is_file() else f"leads nowhere: the site has no {file}"
