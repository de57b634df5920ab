"""The tree of a line: what stands in it, and where."""

import pytest

from dockerlearn.model.process import Stream
from dockerlearn.terminal.syntax import (
    Assignment,
    CommandList,
    For,
    Literal,
    Redirect,
    ShellError,
    SimpleCommand,
    Substitution,
    Sum,
    Unfinished,
    Variable,
    While,
    Word,
    parse,
)


def simple(line: str) -> SimpleCommand:
    """The only command of a line."""
    [(joint, [command])] = parse(line).pipelines
    assert joint == ""
    assert isinstance(command, SimpleCommand)
    return command


def words(line: str) -> list[Word]:
    return [part for part in simple(line).parts if isinstance(part, Word)]


def test_a_word_knows_where_it_stands_and_how_it_is_written() -> None:
    line = "echo  'a b'c \\\n \"$x\" # no word"
    assert [word.source for word in words(line)] == ["echo", "'a b'c", '"$x"']
    assert all(line[word.start :].startswith(word.source) for word in words(line))


def test_a_word_is_made_of_text_and_of_what_is_put_in_its_place() -> None:
    [_, word] = words("echo a'b'\"$x\"$((y+1))$(hostname)")
    *others, last = word.parts
    assert others == [
        Literal("a"),
        Literal("b", True),
        Literal("", True),
        Variable("x", True),
        Sum((Literal("y+1"),), False),
    ]
    assert isinstance(last, Substitution)
    [(_, [command])] = last.commands.pipelines
    assert command == SimpleCommand((Word("hostname", 23, (Literal("hostname"),)),))


def test_a_command_keeps_the_order_in_which_it_is_written() -> None:
    kinds = [type(part) for part in simple("> f echo a 2>> g b").parts]
    assert kinds == [Redirect, Word, Word, Redirect, Word]
    assert [type(part) for part in simple("x=1 y=2 > f").parts] == [Assignment, Assignment, Redirect]


def test_a_redirection_names_its_stream_and_its_sign() -> None:
    redirects = [part for part in simple("a > f 2>> g 2>&1").parts if isinstance(part, Redirect)]
    assert [(each.stream, each.sign, each.target.source) for each in redirects] == [
        (Stream.STDOUT, ">", "f"),
        (Stream.STDERR, ">>", "g"),
        (Stream.STDERR, ">&", "1"),
    ]


def test_a_list_is_made_of_pipelines_and_what_joins_them() -> None:
    tree = parse("a && b | c || d; e\nf")
    assert [(joint, len(pipeline)) for joint, pipeline in tree.pipelines] == [
        ("", 1),
        ("&&", 2),
        ("||", 1),
        ("", 1),
        ("", 1),
    ]
    assert parse(" # nothing\n") == CommandList(())


def test_a_loop_has_its_body_as_a_list_of_its_own() -> None:
    [(_, [loop])] = parse("for i in a b; do echo $i; while c; do d; e; done; done").pipelines
    assert isinstance(loop, For)
    assert (loop.name, [word.source for word in loop.words]) == ("i", ["a", "b"])
    [_, (_, [inner])] = loop.body.pipelines
    assert isinstance(inner, While)
    assert (len(inner.condition.pipelines), len(inner.body.pipelines)) == (1, 2)


def test_what_is_known_decides_what_is_refused() -> None:
    with pytest.raises(ShellError, match=r"^'rm' \(a keyword or a command\) is shell that dockerlearn does not know$"):
        parse("rm f")
    assert parse("rm f", commands=["rm"]) == parse("rm f", commands={"rm": "whatever"})
    with pytest.raises(ShellError, match=r"^'\$HOME' is shell that dockerlearn does not know$"):
        parse("echo $HOME")
    assert parse("echo $HOME", variables=["HOME"]).pipelines


def test_a_beginning_is_told_from_a_mistake() -> None:
    with pytest.raises(Unfinished):
        parse("for i in a; do")
    with pytest.raises(ShellError) as refused:
        parse("for i in a; do done")
    assert not isinstance(refused.value, Unfinished)
