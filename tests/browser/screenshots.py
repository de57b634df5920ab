"""Pictures of every page, wide and narrow, light and dark, in screenshots/: `make screenshots`."""

from typing import Literal

from tests.browser.built import ROOT, addresses, chromium, served

WIDTHS = (1280, 390)
PALETTES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FOLDER = ROOT / "screenshots"


def main() -> None:
    """Take the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with served() as site, chromium() as browser:
        for width in WIDTHS:
            for palette in PALETTES:
                tab = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=palette)
                for page, address in addresses().items():
                    tab.goto(site + address, wait_until="networkidle")
                    name = page.removeprefix("docs/").removesuffix(".md").replace("/", "-")
                    picture = FOLDER / f"{name}-{width}-{palette}.png"
                    tab.screenshot(path=picture, full_page=True)
                    print(picture.relative_to(ROOT))
                tab.close()


if __name__ == "__main__":
    main()
