"""The watch on a page's faults sees each kind of fault, so that its silence in the other tests means something."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Faults


@pytest.fixture
def plain(page: Page, faults: Faults) -> Page:
    """The smallest answer of the server, shown as a page of its own; Chromium then asks for an icon in vain."""
    faults.expect("favicon.ico")
    page.goto("healthz", wait_until="networkidle")
    faults.seen.clear()
    return page


def test_console_error_is_seen(plain: Page, faults: Faults) -> None:
    plain.evaluate("() => console.error('spilt milk')")
    assert [fault[:25] for fault in faults.unexpected()] == ["console error: spilt milk"]
    faults.expect("spilt milk")


def test_uncaught_exception_is_seen(plain: Page, faults: Faults) -> None:
    with plain.expect_event("pageerror"):
        plain.evaluate("() => setTimeout(() => { throw new Error('spilt milk'); })")
    assert [fault for fault in faults.unexpected() if fault.startswith("uncaught: ") and "spilt milk" in fault]
    faults.expect("spilt milk")


def test_outside_request_is_seen(plain: Page, faults: Faults) -> None:
    faults.expect("example.org")
    plain.goto("about:blank")
    with plain.expect_event("requestfailed"):
        plain.evaluate("() => fetch('http://example.org/', { mode: 'no-cors' }).catch(() => null)")
    assert "outside request: http://example.org/" in faults.seen
    assert faults.unexpected() == []


def test_policy_violation_is_seen(plain: Page, faults: Faults) -> None:
    faults.expect("example.org")
    with plain.expect_console_message(lambda message: message.text.startswith("policy violation")):
        plain.evaluate("() => fetch('https://example.org/').catch(() => null)")
    assert [fault for fault in faults.seen if "policy violation: connect-src https://example.org/" in fault]
    assert "outside request: https://example.org/" not in faults.seen
