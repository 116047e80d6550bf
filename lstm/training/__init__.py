"""Training the shipped models: initialisations, Adam, the loop, the recipes, and the figures of a card.

Serving never imports it. Each model is made again by `python -m lstm.training MODEL` (`make train MODEL=…`).
"""
