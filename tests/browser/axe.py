"""What axe finds on a page that stands still, in words. Knows nothing of what stands there."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STANDS_STILL = "() => Promise.allSettled(document.getAnimations().map((one) => one.finished))"


def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, with the first three places; what fades is judged when it has faded."""
    page.evaluate(STANDS_STILL)
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['help']} {[node['target'] for node in v['nodes'][:3]]}" for v in found]
