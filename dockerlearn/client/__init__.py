"""The `docker` client: what is typed becomes calls on an engine, and what the engine answers becomes Docker's text.

It imports from the model.
"""
