"""The JSON of the contract, once: what a request may hold and what an answer holds, as types.

mypy checks the code that builds answers against these types, and the OpenAPI document is made from them. One file a
subject. Knows nothing of where the values come from.
"""
