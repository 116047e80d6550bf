"""The web: HTTP, JSON and the page around lstm/. Knows how a trace is asked for and sent, not how one is computed."""

from typing import Final

VERSION: Final = "0.1.0"
