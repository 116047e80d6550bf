"""The pages, rendered once a language: the score, the API's description, and a page for errors.

Knows the templates and the words; does not know models or HTTP. Every address in a page is relative, so that a path
prefix works.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app import VERSION
from app.assets import ROOT, Asset, Site
from app.schemas.run import Problem
from lstm.gates import TABLES

TEMPLATES: Final = ROOT / "templates"
WORDS: Final = Path(__file__).parent / "words"
LANGUAGES: Final = ("en", "ja")
"""The first one is shown to a browser that asks for none of them."""


class Pages:
    """The pages of one site; in `debug` templates and words are read anew for each."""

    def __init__(self, site: Site, *, debug: bool = False) -> None:
        self._site = site
        self._debug = debug
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=debug
        )
        self._rendered: dict[tuple[str, str], Asset] = {}

    def score(self, language: str) -> Asset:
        """The page itself."""
        return self._once("index", language)

    def docs(self) -> Asset:
        """The API's description for people."""
        return self._once("docs", LANGUAGES[0])

    def error(self, problem: Problem, language: str, depth: int) -> bytes:
        """A problem as a page; `depth` is how many folders deep the address was that it answers."""
        return self._render("error", language, problem=problem, up="../" * depth)

    def _once(self, name: str, language: str) -> Asset:
        key = (name, language)
        if self._debug or key not in self._rendered:
            self._rendered[key] = Asset(f"{name}.html", self._render(name, language))
        return self._rendered[key]

    def _render(self, name: str, language: str, up: str = "", **more: object) -> bytes:
        words = {language: json.loads((WORDS / f"{language}.json").read_bytes()) for language in LANGUAGES}
        return (
            self._templates.get_template(f"{name}.html")
            .render(
                lang=language,
                version=VERSION,
                static=f"{up}static/{self._site.build}",
                scripts=self._site.scripts,
                styles=self._site.styles,
                cells=list(TABLES),
                words=json_for_html(words),
                word=words[language],
                up=up,
                **more,
            )
            .encode()
        )


def json_for_html(value: Any) -> Markup:  # noqa: ANN401 - any JSON
    """JSON that can stand inside a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704


def preferred_language(accept_language: str) -> str:
    """The language that a browser likes best among those there are, by its Accept-Language header."""
    weighted = []
    for place, part in enumerate(accept_language.split(",")[:32]):
        tag, _, quality = part.strip().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            weight = 0.0
        language = tag.strip().lower().split("-")[0]
        if language in LANGUAGES and weight > 0:
            weighted.append((-weight, place, language))
    return min(weighted)[2] if weighted else LANGUAGES[0]
