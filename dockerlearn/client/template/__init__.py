"""The Go templates of `--format` and `-f`, as far as Docker's users meet them.

A template is read once into a tree (`syntax`), which is then applied to one value after the other (`execution`).
"""
