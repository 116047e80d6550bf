"""The API's description in a real browser: drawn without a network, under our own policy, and it can be tried out."""

from __future__ import annotations

from playwright.sync_api import Page, expect

STREAM = "#operations-traces-stream_api_v1_trace_stream_post"


def test_every_address_is_described(page: Page) -> None:
    """A violation of the policy or a request to anywhere else fails the test at its end."""
    page.goto("/docs")
    paths = page.request.get("/openapi.json").json()["paths"]
    assert {"/api/v1/trace", "/api/v1/explain/difference", "/healthz"} <= paths.keys()
    expect(page.locator(".opblock")).to_have_count(sum(len(operations) for operations in paths.values()))
    expect(page.locator(".version-stamp", has_text="OAS 3.2")).to_be_visible()
    expect(page.get_by_text("Unable to render this definition")).to_have_count(0)


def test_the_stream_shows_its_messages_and_its_errors(page: Page) -> None:
    page.goto("/docs")
    block = page.locator(STREAM)
    block.locator(".opblock-summary-control").click()
    responses = block.locator(".responses-wrapper")
    for status in ("200", "400", "404", "413", "415", "422", "500"):
        expect(responses.locator(f'tr.response[data-code="{status}"]')).to_be_visible()
    expect(responses.locator('tr.response[data-code="200"]')).to_contain_text("application/jsonl")
    expect(responses.locator('tr.response[data-code="422"]')).to_contain_text("unknown-symbol")


def test_a_stream_can_be_tried_out(page: Page) -> None:
    page.goto("/docs")
    block = page.locator(STREAM)
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.locator("textarea.body-param__text").fill('{"model": "toy-lstm", "input": "(a)", "include": ["h"]}')
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table td.response-col_description").last
    expect(answer).to_contain_text('{"type":"start","model":"toy-lstm"')
    expect(answer).to_contain_text('{"type":"end","steps":3,')
