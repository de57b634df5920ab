"""The course's Docker Hub: each image of the catalog, and each of its scripts beside the Python that does the same.

It imports from the model.
"""
