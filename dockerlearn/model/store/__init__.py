"""What an engine keeps images in: their layers, their names, and the images themselves.

Rules measured on Engine 28.5.2 with the classic store (graph driver overlay2).
"""
