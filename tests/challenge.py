"""The solution of the challenge, as its page has it: what must meet all goals, in the model and in the page."""

SOLUTION = [
    *(f"docker pull {name}" for name in ("nginx", "node:22-alpine", "python:3.12-slim")),
    "docker run -d --name first nginx",
    "docker run -d --name second nginx",
    "docker stop first",
    "docker rm -f second",
    "docker logs first",
    "docker image inspect -f '{{join .RootFS.Layers \"\\n\"}}' nginx python:3.12-slim | sort | uniq -d",
    "docker rm first",
    "docker rmi nginx node:22-alpine python:3.12-slim",
]
