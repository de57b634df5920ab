"""The bit of sh: what bash does with it, and what is refused by name.

Where bash is installed, generated lines must print the same and leave the same status as there.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockerlearn.model.process import Output, Program, Stream, Write, complete, err, out
from dockerlearn.model.resources import Work
from dockerlearn.terminal.session import Result
from dockerlearn.terminal.shell import Files, Shell
from dockerlearn.terminal.syntax import incomplete
from dockerlearn.terminal.tools import commands

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed: nothing to compare with")
MODERATELY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fails(words: list[str], stdin: str | None) -> Program:
    yield from out("out\n")
    yield from err("err\n")
    yield from out("out\n")
    return 3


def new_shell() -> Shell:
    files = Files()
    return Shell({"fails": fails, **commands(files, lambda port, path: 7, Work())}, files)


def type_(shell: Shell, text: str) -> Result:
    output = complete(shell.run(text))
    return Result(output.screen, output.status)


def run(text: str) -> Result:
    return type_(new_shell(), text)


def bash(text: str, folder: Path) -> Result:
    for file in folder.iterdir():
        file.unlink()
    ran = subprocess.run(
        ["bash", "--norc", "-c", text],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=20,
        check=False,
    )
    # A terminal's bash neither counts lines nor repeats the one that it could not read.
    shown = re.sub(r"^bash: (-c: )?line \d+: ", "bash: ", ran.stdout, flags=re.MULTILINE)
    shown = re.sub(r"(syntax error near .*\n)bash: `[\s\S]*'\n", r"\1", shown)
    return Result(shown, ran.returncode)


# Against bash

LINES = [
    # redirection
    "echo a > f > g; cat f g; echo b >> g 1> f; cat f; echo -; cat g",
    "nosuch 2> f; cat f; nosuch > f; cat f; nosuch 2> /dev/null; echo $?",
    "nosuch 2>&1 | wc -l; nosuch > f 2>&1; cat f; nosuch 2>&1 > g | wc -l; cat g",
    # The count goes to a file: the pipe ends as soon as echo writes elsewhere, and who prints first would be chance.
    "echo a >&2 | wc -l > f; cat f; echo b 1>&2 2> f; cat f; echo c2>f; cat f; echo d 2 > f; cat f",
    "for i in 1 2; do echo $i >&2; done | cat; x=$(echo e >&2); echo [$x]; > f 2> g; cat f g",
    "nosuch 2>> f; nosuch 2>> f; cat f",
    "echo a > /dev/stdout | wc -l; echo b > /dev/stderr 2> f; cat f; nosuch 2> /dev/stdout | wc -l",
    # loops
    "while false; do echo no; done; echo $?; x=; while echo $x | grep -q aaa; do echo no; done; echo $?",
    "while echo a | grep b; do echo no; done; while grep -q x f; do > f; echo once; done; echo $?",
    "echo x > f; while grep -q x f; do > f; echo once; false; done; echo $?",
    # words
    "echo 'a\nb' \"c  d\" e\\ f g\"h\"i '' \"\" end",
    "x='a  b'; echo $x \"$x\" '$x' \"\\$x\" \\$x $x\"$x\"$x",
    "x='a '; echo \"<\"$x\"\" \"\" $x\">\"; x=' a'; echo b$x c\"$x\"",
    "echo $x$y; echo ${x}y \"[$x]\" $nothing end",
    "echo a#b '#' \"#\" # c",
    "echo a \\\n  b; e\\cho c; 'ec'ho d; ec\\\nho e",
    'echo "a\\\nb" "\\a" "\\$" "\\`" "\\"" "5$" "a$ b" $ "$\'"',
    "echo *; echo a? '*' [z]",
    "echo {a} {} \"{a,b}\" '{1..2}' {, a}",
    "echo a\\",
    "echo {{.ID}} name=^x- a=b %",
    # expansions
    "x=a; x=$x$x; x=\"$x $x\"; echo \"$x\" $x; x= ; echo \"[$x]\"; x=1 y=$x; echo $y",
    "echo $(echo $(echo a) \"b $(echo 'c  d')\") \"$(echo 'e  f')\" $(echo 'g  h')",
    'echo "$(echo ")")" $(echo a # )\n) "$( )"',
    "x=1; echo $(x=2; echo $x) $x; echo a | x=3; echo $x",
    "x='echo a b'; $x; x=echo; $x c; $nothing; $nothing echo d",
    "echo $(( )) $((010)) $((0x1f)) $((-7/2)) $((-7%3)) $((7%-3)) $((7/-2)) $((- -5)) $((1-1-1)) $((2+3*4))",
    "echo $((9223372036854775807 + 1)) $((9223372036854775808)) $(( (1+2) * (3) ))",
    "x=abc; echo $((x)) $((nothing)); x=1+2; echo $((x*2)) $(($x*2)) $((${x}*2)) $(( $(echo 4) + 1 )) $((x))",
    "for i in 8 9 10; do echo $((8080 + i)) \"808${i}\"; done",
    # lists and statuses
    "true && echo a || echo b; false && echo a || echo b; false || false || echo c",
    "echo a &&\necho b ||\n\n echo c; echo d |\n cat",
    "x=$(false); echo $?; x=1; echo $?; $(false); echo $?; echo $(false) $?; false; echo $(true)$?",
    "false; for i in 1; do echo $?; done; for i in; do echo $?; done; echo $?",
    "nosuch; echo $?; nosuch 2; ./x; \"\"; echo $?",
    "false; echo $(echo $?); false | true; echo $?; true | false; echo $?",
    "",
    "# only a comment",
    "echo a;\n\n\n  echo b ;",
    # loops
    "for i in a 'b c' $(echo d e); do echo [$i]; done | sort -r; echo $i",
    "for i in 1 2\ndo\n  for j in a b; do echo $i$j; done\ndone && echo done",
    "for i in 1; do x=$i; done; echo $x $i; for x in do done in; do echo $x; done",
    # files
    "echo a > f; echo b >> f; cat f; > g; cat g; cat f f > f; cat f; echo c > /dev/null; cat /dev/null",
    "seq 3 | sort -r > f; > h echo x; cat f h; cat nofile > g; echo $?",
    "x='a b'; echo > $x; echo $?; echo > $nothing; echo > \"\"; echo > \"$x\"; cat 'a b'",
    # sums that cannot be done
    "x=$(echo a; false) > /dev/null; echo $? $x",
    # syntax errors
    ";",
    "echo a && ; b",
    "echo a ;; echo b",
    "echo )",
    "fi",
    "}",
    "| cat",
    "echo a > ;",
    "for i in 1; do done",
    "for i in 1; echo",
    "for i in a b do echo; done",
    "for i in a; do echo $i; done done",
    "for i in a; do echo $i; done echo",
    "for i in a | cat",
    "for a b",
    "echo a &&",
    "echo a |",
    "for i in a; do echo",
    "echo \"a",
    "echo 'a",
    "echo \"${x",
    "echo $((1",
]  # fmt: skip


@needs_bash
@pytest.mark.parametrize("line", LINES)
def test_a_line_does_what_it_does_in_bash(line: str, tmp_path: Path) -> None:
    there = bash(line, tmp_path)
    # Bash 5.3 tells what the line left open, too.
    output = re.sub(r"(unexpected end of file) from `\w+' command on line \d+", r"\1", there.output)
    assert run(line) == there._replace(output=output)


quiet_text = st.text("ab1 -", max_size=4)
names = st.sampled_from(["x", "y", "n"])
sums = st.recursive(
    st.one_of(st.integers(0, 20).map(str), st.sampled_from(["n", "$n", "${n}", " n "])),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from("+-*"), inner),
        st.builds("({})".format, inner),
        st.builds("{} {} {}".format, inner, st.sampled_from("/%"), st.integers(1, 9)),
        st.builds("- {}".format, inner),
    ),
    max_leaves=6,
)


def words_with(commands: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    dollars = st.one_of(
        st.builds("${}".format, st.one_of(names, st.just("?"))),
        st.builds("${{{}}}".format, names),
        st.builds("$(({}))".format, sums),
        st.builds("$( {} )".format, commands),
    )
    pieces = st.one_of(
        st.sampled_from(["a", "b", "-", "1", "\\ ", "\\$", "#a"]),
        st.builds("'{}'".format, quiet_text),
        st.builds('"{}"'.format, st.lists(st.one_of(quiet_text, dollars), max_size=3).map("".join)),
        dollars,
    )
    return st.lists(pieces, min_size=1, max_size=3).map(lambda parts: "".join(parts).removeprefix("#"))


def lines_with(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    words = words_with(inner)
    several = st.lists(words, max_size=3).map(" ".join)
    simple = st.one_of(
        st.builds("echo {}".format, several),
        st.builds("{}={}".format, st.sampled_from("xy"), words),
        st.sampled_from(["true", "false", "seq 3", "cat f", "seq 2 > f", "seq 9 11 >> f"]),
    )
    piped = st.builds(
        "{} | {}".format,
        st.builds("echo {}".format, several),
        st.sampled_from(["cat", "wc -l", "wc", "sort", "head -1", "grep a", "sort | uniq -c", "y=2", "false"]),
    )
    loops = st.builds("for y in {}; do {}; done".format, several, inner)
    return st.one_of(simple, simple, piped, loops)


lines = st.recursive(
    st.sampled_from(["echo a", "echo 'b  c'", "true", "false", "echo $x"]),
    lambda inner: st.one_of(
        lines_with(inner), st.builds("{}{}{}".format, inner, st.sampled_from(["; ", " && ", " || ", "\n"]), inner)
    ),
    max_leaves=8,
)


@needs_bash
@MODERATELY
@given(lines)
def test_generated_lines_do_what_they_do_in_bash(tmp_path: Path, line: str) -> None:
    line = f'x=\'a  b\'; n=3; > f; {line}; echo $? "$x" "$y"'
    assert run(line) == bash(line, tmp_path)


@given(lines)
def test_a_complete_line_is_not_waited_for(line: str) -> None:
    assert not incomplete(line)


# Beside bash

UNKNOWN = " is shell that dockerlearn does not know\n"


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("cat < f", "'<' (input redirection)"),
        ("cat <<END\na\nEND", "'<<' (here-documents)"),
        ("cat <(echo)", "'<(' (process substitution)"),
        ("echo >(cat)", "'>(' (process substitution)"),
        ("echo a 3> f", "'3>' (redirection of a descriptor)"),
        ("echo a 2>&3", "'2>&' (redirection of a descriptor)"),
        ("echo a >& f", "'>&' (redirection of a descriptor)"),
        ("echo a &> f", "'&>' (redirection of a descriptor)"),
        ("echo a >| f", "'>|' (forced redirection)"),
        ("for i in a; do echo; done > f", "'>' (redirection of this)"),
        ("echo a |& cat", "'|&' (piping of errors)"),
        ("echo a &", "'&' (background jobs)"),
        ("(echo a)", "'(' (subshell)"),
        ("((x++))", "'((' (arithmetic)"),
        ("for ((i=0; i<3; i++)); do echo; done", "'for ((' (arithmetic)"),
        ("for i; do echo; done", "'for i;' (arguments)"),
        ("for i do echo; done", "'for i do' (arguments)"),
        ("f() { echo; }", "'f()' (function)"),
        ("x=(1 2)", "'x=(' (array)"),
        ("x[0]=1", "'x[' (array)"),
        ("x+=1", "'x+=' (appending)"),
        ("IFS=,", "'IFS=' (environment)"),
        ("x=1 echo", "a variable set for one command"),
        ("seq 3 | for i in a; do cat; done", "a loop that reads from a pipe"),
        ("if true; then echo; fi", "'if' (a keyword or a command)"),
        ("until true; do echo; done", "'until' (a keyword or a command)"),
        ("case a in a) echo;; esac", "'case' (a keyword or a command)"),
        ("! true", "'!' (a keyword or a command)"),
        ("{ echo; }", "'{' (a keyword or a command)"),
        ("[ a = a ]", "'[' (a keyword or a command)"),
        ("[[ a ]]", "'[[' (a keyword or a command)"),
        ("cd /", "'cd' (a keyword or a command)"),
        ("echo a | sed s/a/b/", "'sed' (a keyword or a command)"),
        ("echo `echo`", "'`' (write $( ) instead)"),
        ('echo "`echo`"', "'`' (write $( ) instead)"),
        ("echo ~", "'~' (an expansion)"),
        ("x=~/a", "'~' (an expansion)"),
        ("echo --path=~", "'=~' (an expansion)"),
        ("echo {1..3}", "'{1..3}' (an expansion)"),
        ("echo a{b,c}d", "'{b,c}' (an expansion)"),
        ("echo {'b',\"c\"}", "'{,}' (an expansion)"),
        ("echo ${x:-y}", "'${x:-y}'"),
        ("echo ${#x}", "'${#x}'"),
        ("echo $1", "'$1'"),
        ("echo $$ $!", "'$$'"),
        ('echo "$@"', "'$@'"),
        ("echo $[1]", "'$['"),
        ("echo $'a'", "'$''"),
        ('echo $"a"', "'$\"'"),
        ("echo $HOME", "'$HOME'"),
        ("echo $((1 < 2))", "'< ' in $(( ))"),
        ("echo $((2 ** 3))", "'**' in $(( ))"),
        ("echo $((x++))", "'++' in $(( ))"),
        ("echo $((1) | cat)", "') ' in $(( ))"),
        ("echo \ud800", "half of a character"),
        ("$(" * 50 + ")" * 50, "a line with more than 40 loops and $( )"),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "echo before; {}", "echo $( {}\n)", "for i in a; do echo before; {}\ndone", "false && {}"]
)
def test_unknown_shell_is_refused_by_name_before_anything_has_run(line: str, named: str, around: str) -> None:
    assert run(around.format(line)) == (f"bash: {named}{UNKNOWN}", 2)


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("echo a; echo $((1/0)) b; echo c", "a\nbash: 1/0: division by 0\n"),
        ("echo $((5 % nothing))", "bash: 5 % nothing: division by 0\n"),
        ("echo $((08))", "bash: 08: syntax error in expression\n"),
        ("echo $((1 +))", "bash: 1 +: syntax error in expression\n"),
        ("echo $((1 2))", "bash: 1 2: syntax error in expression\n"),
        ("echo $((()))", "bash: (): syntax error in expression\n"),
        ("x='(1 2'; echo $((x))", "bash: (1 2: syntax error in expression\n"),
        ("x='(1'; echo $((x))", "bash: (1: syntax error in expression\n"),
        ("x=x; echo $((x))", f"bash: a sum of more than 50 signs{UNKNOWN}"),
        ("for i in 1 2; do echo $((1/0)); done", "bash: 1/0: division by 0\n"),
    ],
)
def test_a_sum_that_cannot_be_done_ends_the_line(line: str, output: str) -> None:
    assert run(line) == (output, 1)


def test_a_sum_that_cannot_be_done_ends_only_the_substitution_or_part_of_a_pipe_that_it_is_in() -> None:
    assert run("echo a $(echo b; echo $((1/0))) c").output == "bash: 1/0: division by 0\na b c\n"
    assert run("echo $((1/0)) | wc -l; echo $?").output == "bash: 1/0: division by 0\n0\n0\n"


def test_both_streams_are_shown_in_the_order_of_writing() -> None:
    assert run("fails") == ("out\nerr\nout\n", 3)
    assert run("fails | wc -l").output == "err\n2\n"
    assert run('echo "[$(fails)]"').output == "err\n[out\nout]\n"
    assert run("fails > f; cat f").output == "err\nout\nout\n"


def test_variables_files_and_status_outlive_a_line() -> None:
    shell = new_shell()
    type_(shell, "x=1; echo a > f; false")
    assert type_(shell, "echo $? $x; cat f").output == "1 1\na\n"
    assert type_(shell, "if") == (f"bash: 'if' (a keyword or a command){UNKNOWN}", 2)
    assert type_(shell, "echo $?").output == "2\n"


def test_a_device_is_no_file() -> None:
    assert run("echo a > /dev/tty") == ("bash: /dev/tty: No such file or directory\n", 1)


def test_a_command_knows_whether_it_reads_from_a_pipe() -> None:
    seen: list[str | None] = []

    def command(words: list[str], stdin: str | None) -> Program:
        seen.append(stdin)
        return out("")

    shell = Shell({**new_shell().commands, "command_": command})
    type_(shell, "command_; echo y | command_; true | command_; command_ | true")
    assert seen == [None, "y\n", "", None]


@pytest.mark.parametrize(
    "text",
    ["'", '"', "echo 'a\n", "echo $(", "echo $((1", "echo ${x", "a &&", "a |", "a ||\n", "for i", "for i in a b",
     "for i in a; do", "for i in a; do echo\n", "echo \\", "echo a\\", "echo \"$(echo 'a", "# a\nfor", "a && # b"],
)  # fmt: skip
def test_the_beginning_of_something_is_waited_for(text: str) -> None:
    assert incomplete(text)


@pytest.mark.parametrize(
    "text", ["", "# it's", "# a\\", "echo a", "echo \\\\", "'a\\'", ")", "if", "a;", "for i in a; do b; done"]
)
def test_what_is_complete_or_wrong_is_not_waited_for(text: str) -> None:
    assert not incomplete(text)


signs = st.sampled_from(
    "a b 1 x= = $ ( ) [ ] { } < > | & ; \" ' ` \\ # ~ * ? ! % - + / é € \x00 \x1b \x85 \u2028 \ud800 for in do done $( $(( )) "
    "echo cat grep seq >> && || ${ $? ;; 99999999999 f".split(" ")
) | st.sampled_from([" ", "\n", "\t"])


@settings(max_examples=500)
@given(st.one_of(st.lists(signs, max_size=25).map("".join), st.lists(signs, max_size=25).map(" ".join), st.text()))
def test_no_text_raises_anything(text: str) -> None:
    result = run(text)
    assert isinstance(result.output, str)
    assert 0 <= result.status <= 255
    incomplete(text)


@pytest.mark.parametrize(
    "piece",
    ["a", "'", '"', "(", "$(", "$((", '"$(', "echo a;", "a|", "a && ", "for i in a; do ", "a ", "\\", "\n", "#", "${x}",
     "$((-", "x=", "> f ", "`", "é", "\x00", "${"],
)  # fmt: skip
def test_ten_thousand_characters_of_anything_are_survived(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    for line in (text, "echo " + text, "echo $((" + text + "))"):
        assert isinstance(run(line), Result)


def test_deep_but_finite_nesting_works() -> None:
    assert run("echo $(" * 40 + "echo a" + ")" * 40) == ("a\n", 0)
    assert run("".join(f"for i{n} in a; do " for n in range(20)) + "echo $i0; " + "done; " * 20) == ("a\n", 0)


def test_a_sum_may_have_fifty_signs() -> None:
    assert run(f"echo $((-{'+'.join('1' * 25)}))") == ("23\n", 0)
    assert run(f"echo $((- -{'+'.join('1' * 25)}))").status == 1


def test_outputs_are_made_of_one_stream() -> None:
    assert complete(out("a")) == Output((Write(Stream.STDOUT, "a"),), 0)
    failed = complete(err("a", 2))
    assert (failed.standard, failed.screen, failed.status) == ("", "a", 2)
