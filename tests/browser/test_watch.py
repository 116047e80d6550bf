"""The watch on a page's faults sees each kind of fault, so that its silence in the other tests means something."""

from playwright.sync_api import Page

from tests.browser.conftest import Faults


def test_console_error_and_uncaught_exception_are_seen(page: Page, faults: Faults) -> None:
    faults.expect("spilt milk")
    page.goto("healthz")
    page.evaluate("() => { console.error('spilt milk'); setTimeout(() => { throw new Error('more spilt milk'); }); }")
    page.wait_for_event("pageerror", predicate=lambda error: "more" in str(error))
    assert [fault.partition(":")[0] for fault in faults.seen] == ["console error", "uncaught"]


def test_outside_request_and_policy_violation_are_seen(page: Page, faults: Faults) -> None:
    faults.expect("example.org")
    page.goto("healthz")
    page.evaluate("() => fetch('https://example.org/').catch(() => null)")
    assert any("outside request: https://example.org/" in fault for fault in faults.seen) or any(
        "policy violation: connect-src" in fault for fault in faults.seen
    )
    assert faults.unexpected() == []


def test_what_was_not_expected_is_reported(page: Page, faults: Faults) -> None:
    page.goto("healthz")
    page.evaluate("() => console.warn('a warning')")
    assert len(faults.unexpected()) == 1
    faults.expect("a warning")
