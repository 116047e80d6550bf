"""The mathematics of Gatescope: recurrent cells run step by step in NumPy, with every gate kept.

Knows NumPy and safetensors. Does not know HTTP, templates, Plotly or who is asking.
"""
