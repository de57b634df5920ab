"""What `docker images` shows since Docker 29, beside what client 29.8.0 printed, at several widths, with colors and without."""

from __future__ import annotations

import pytest

from dockerlearn.client import image_view
from dockerlearn.client.image_view import Item
from dockerlearn.hub.february import RELEASES
from dockerlearn.model.clock import FixedClock
from dockerlearn.model.process import Terminal
from dockerlearn.terminal.session import Session
from tests.february import hub

PLAIN, COLORS = Terminal(), Terminal(escapes=True)
NO_COLOR = Terminal(colors=False, escapes=True)
FOUR = "docker pull -q nginx; docker tag nginx nginx:1.27.4; docker pull -q node:22-alpine; docker pull -q python:3.12-slim"
SCREEN = """\
                                                            i Info →   U  In Use
IMAGE              ID             DISK USAGE   CONTENT SIZE   EXTRA
nginx:1.27.4       8219b0d4c7bf        769kB          282kB    U   
nginx:latest       8219b0d4c7bf        769kB          282kB    U   
node:22-alpine     a202b80bfda9        593kB          225kB        
python:3.12-slim   0d9b7feca082        546kB          202kB        
"""  # noqa: W291
PIPED = """\
IMAGE              ID             DISK USAGE   CONTENT SIZE   EXTRA
nginx:1.27.4       8219b0d4c7bf        769kB          282kB   U    
nginx:latest       8219b0d4c7bf        769kB          282kB   U    
node:22-alpine     a202b80bfda9        593kB          225kB        
python:3.12-slim   0d9b7feca082        546kB          202kB        
"""  # noqa: W291
NOTHING = "IMAGE   ID             DISK USAGE   CONTENT SIZE   EXTRA\n"


def session(terminal: Terminal | None = PLAIN, *commands: str) -> Session:
    typed = Session(registry=hub(), docker="29", clock=FixedClock("2026-11-28T18:30:00"), seed=1, terminal=terminal)
    for command in commands:
        assert typed.run(command).status == 0
    return typed


def test_a_terminal_shows_a_legend_and_a_row_for_each_name_in_order() -> None:
    typed = session(Terminal(), FOUR, "docker create nginx")
    assert typed.run("docker images").output == SCREEN
    assert typed.run("docker image ls").output == SCREEN


@pytest.mark.parametrize("pipe", ["docker images | cat", "docker images > f; cat f", 'echo "$(docker images)"'])
def test_what_is_no_terminal_gets_no_legend_and_no_colors(pipe: str) -> None:
    assert session(COLORS, FOUR, "docker create nginx").run(pipe).output == PIPED


def test_a_program_that_writes_to_no_terminal_at_all_gets_none_either() -> None:
    assert session(None, FOUR, "docker create nginx").run("docker images").output == PIPED


def test_errors_may_go_elsewhere_and_the_terminal_is_still_one() -> None:
    assert session(Terminal(), FOUR, "docker create nginx").run("docker images 2> f").output == SCREEN


@pytest.mark.parametrize("line", ["docker images", "docker images nosuch", "docker images -f reference=nosuch"])
def test_a_list_of_nothing_has_its_head_and_its_legend(line: str) -> None:
    assert session().run(line).output == f"{'i Info →   U  In Use':>80}\n{NOTHING}"
    assert session(None).run(line).output == NOTHING


@pytest.mark.parametrize(("columns", "heads"), [(120, 5), (80, 5), (75, 5), (63, 5), (62, 4), (60, 4), (55, 4), (54, 3), (40, 3), (39, 2)])  # fmt: skip
def test_a_narrow_terminal_shows_as_many_columns_as_leave_twelve_for_the_name(columns: int, heads: int) -> None:
    typed = session(Terminal(columns=columns), "docker pull -q nginx")
    legend, head, row = typed.run("docker images").output.splitlines()
    titles = ["IMAGE", "ID", "DISK USAGE", "CONTENT SIZE", "EXTRA"]
    assert [title for title in titles if title in head] == titles[:heads]
    assert len(row) <= columns
    assert legend == "i Info →   U  In Use".rjust(columns)


def test_a_name_that_is_too_long_has_a_line_of_its_own() -> None:
    name = "my-registry.example.com/team/some-rather-long-name:1.27.4-build.20250205"
    typed = session(Terminal(), "docker pull -q nginx", f"docker tag nginx {name}", "docker rmi nginx")
    assert typed.run("docker images").output.split("\n", 2)[2] == (
        f"{name}\n                                8219b0d4c7bf        769kB          282kB        \n"
    )


def test_colors_are_on_texts_and_not_on_what_pads_them() -> None:
    typed = session(COLORS, "docker pull -q nginx", "docker create nginx")
    legend, head, row = typed.run("docker images").output.splitlines()
    chip = "\x1b[38;5;0m\x1b[48;5;14m U \x1b[0m"
    info = f"\x1b[1m\x1b[106m\x1b[30mi\x1b[0m\x1b[0m \x1b[96mInfo → \x1b[0m\x1b[0m {chip} In Use"
    assert legend == " " * 60 + info
    assert head.startswith(
        "\x1b[39m\x1b[1mIMAGE\x1b[0m          \x1b[39m\x1b[1mID\x1b[0m             \x1b[39m\x1b[1mDISK USAGE"
    )
    assert row == (
        "\x1b[34m\x1b[1mnginx:latest\x1b[0m   \x1b[39m8219b0d4c7bf\x1b[0m        \x1b[39m769kB\x1b[0m"
        f"          \x1b[39m282kB\x1b[0m   {chip}  "
    )


def test_no_color_has_another_legend_and_no_escapes() -> None:
    typed = session(NO_COLOR, FOUR, "docker create nginx")
    assert typed.run("docker images").output == f"{' Info ->  U In Use':>80}\n{PIPED}"


def test_what_is_dangling_is_hidden_and_shown_faintly_at_the_end() -> None:
    typed = session(COLORS, "docker pull -q nginx:1.27.3", "docker create nginx:1.27.3", "docker rmi -f nginx:1.27.3")
    assert "untagged" not in typed.run("docker images").output
    row = typed.run("docker images -a").output.splitlines()[-1]
    assert row.startswith("\x1b[39m\x1b[2m<untagged>\x1b[0m   \x1b[39m20ebabc18a11\x1b[0m")
    assert typed.run("docker images -q | wc -l").output == "0\n"
    assert typed.run("docker images -aq").output == "20ebabc18a11\n"
    assert typed.run("docker images -f dangling=true -q").output == "20ebabc18a11\n"
    assert typed.run("docker images -a -f dangling=false -q").output == ""


def test_a_tree_has_the_names_of_an_image_together_and_its_platforms_below() -> None:
    typed = session(
        Terminal(), "docker pull -q nginx", "docker tag nginx nginx:1.27.4", "docker pull -q python:3.12-slim"
    )
    assert typed.run("docker images --tree | cat").output == (
        "IMAGE                ID             DISK USAGE   CONTENT SIZE   EXTRA\n"
        "nginx:1.27.4      \n"
        "nginx:latest         8219b0d4c7bf        769kB          282kB        \n"
        "└─ linux/amd64       8219b0d4c7bf        769kB          282kB        \n"
        "\n"
        "python:3.12-slim     0d9b7feca082        546kB          202kB        \n"
        "└─ linux/amd64       0d9b7feca082        546kB          202kB        \n"
        "\n"
    )


def test_of_several_platforms_those_that_are_not_here_take_up_nothing() -> None:
    rows = [
        Item("multi:1", "be3041be0c7c", 770000, 283000),
        Item("├─ linux/amd64", "8219b0d4c7bf", 769161, 281737),
        Item("└─ linux/arm64/v8", "0382d5fb2b81"),
    ]
    assert image_view.show([rows], Terminal()) == (
        "                                                            i Info →   U  In Use\n"
        "IMAGE                   ID             DISK USAGE   CONTENT SIZE   EXTRA\n"
        "multi:1                 be3041be0c7c        770kB          283kB        \n"
        "├─ linux/amd64          8219b0d4c7bf        769kB          282kB        \n"
        "└─ linux/arm64/v8       0382d5fb2b81           0B             0B        \n"
        "\n"
    )


@pytest.mark.parametrize(
    ("flags", "named"),
    [("-q", "quiet"), ("--no-trunc", "no-trunc"), ("--digests", "show-digest"), ("--format json", "format")],
)
def test_a_tree_is_all_that_a_tree_can_be(flags: str, named: str) -> None:
    result = session().run(f"docker images --tree {flags}")
    assert (result.output, result.status) == (f"--{named} is not yet supported with --tree\n", 1)


def test_the_old_table_is_there_for_who_asks_for_it() -> None:
    typed = session(Terminal(), FOUR)
    assert typed.run("docker images --format table").output == (
        "REPOSITORY   TAG         IMAGE ID       CREATED         SIZE\n"
        "node         22-alpine   a202b80bfda9   21 months ago   593kB\n"
        "nginx        1.27.4      8219b0d4c7bf   22 months ago   769kB\n"
        "nginx        latest      8219b0d4c7bf   22 months ago   769kB\n"
        "python       3.12-slim   0d9b7feca082   22 months ago   546kB\n"
    )
    digests = typed.run("docker tag nginx my-web:stable; docker images --digests").output.splitlines()
    assert [line.split()[2] for line in digests if line.startswith("my-web")] == ["<none>"]
    assert [line.split()[2][:19] for line in digests if line.startswith("nginx")] == ["sha256:8219b0d4c7bf"] * 2


def test_the_json_of_an_image_counts_its_containers_and_has_no_virtual_size() -> None:
    typed = session(Terminal(), "docker pull -q node:22-alpine")
    assert typed.run("docker images --format json").output == (
        '{"Containers":"0","CreatedAt":"2025-02-14 23:31:02 +0000 UTC","CreatedSince":"21 months ago",'
        '"Digest":"\\u003cnone\\u003e","ID":"a202b80bfda9","Repository":"node","SharedSize":"N/A","Size":"593kB",'
        '"Tag":"22-alpine","UniqueSize":"N/A"}\n'
    )
    refusal = typed.run("docker images --format '{{.VirtualSize}}'")
    assert refusal.status == 1
    assert "can't evaluate field VirtualSize in type *formatter.imageContext" in refusal.output


def test_every_image_of_the_catalog_has_the_sizes_that_docker_29_told() -> None:
    told = """\
20ebabc18a11 769kB 281kB, 2ef58603bce5 346kB 133kB, 630339e8618c 347kB 134kB, 0d72dea8a19a 344kB 131kB, a26a333ccd8d 2.43MB 1.11MB,
0d9b7feca082 546kB 202kB, 25eb66a5de11 769kB 281kB, 8219b0d4c7bf 769kB 282kB, 9de590dc5401 2.67MB 1.21MB, b443c081eac5 175kB 55.8kB,
d68ed3598995 382kB 103kB, 016e65401007 465kB 134kB, a202b80bfda9 593kB 225kB, 4f7ab93cf950 1.33MB 535kB""".replace(
        "\n", " "
    )
    typed = session(None)
    for number, build in enumerate(build for *_, build in RELEASES):
        typed.engine.add(build(), f"image:{number}")
    rows = [" ".join(line.split()[1:4]) for line in typed.run("docker images").output.splitlines()[1:]]
    assert sorted(rows) == sorted(told.split(", "))


@pytest.mark.parametrize("verb", ["ls", "prune", "inspect", "build"])
def test_a_verb_in_place_of_a_name_is_told_where_it_belongs(verb: str) -> None:
    told = f'No images found matching "{verb}": did you mean "docker image {verb}"?\n'
    assert session(None).run(f"docker images {verb}").output == NOTHING + told
    assert session(None).run(f"docker image ls {verb}").output == NOTHING
    assert session(None).run("docker images nosuch").output == NOTHING
