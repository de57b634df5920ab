"""The model of Docker: images, layers, names and containers, as values and a machine that keeps them.

It imports nothing but the standard library: no other room of this package. What runs in a container is handed in, as a
`Runtime` (see `process`).
"""
