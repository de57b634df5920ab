"""What an engine keeps images in: their layers, their names, and the images themselves.

There are two stores of images, `classic` and `containerd`, and `images` says what the engine asks of either. Containers and
volumes are kept the same way beside both.
"""
