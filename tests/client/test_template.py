"""Templates: what Go prints and says, measured on Docker 28; everything missing is refused by name."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockerlearn.client.template.execution import Template
from dockerlearn.client.template.syntax import ParseError
from dockerlearn.client.template.values import Nil, Strings, Struct, Time, decode
from dockerlearn.model.errors import TemplateError

ID = "sha256:b4548de68f728f9432534781a62b71e88660c9dbf1ce4ec2689357c63b8af4e8"
LAYERS = [f"sha256:{digit * 64}" for digit in "4f0"]
LABELS = {"maintainer": "NGINX <docker-maint@nginx.com>", "a": "1"}
EMPTY = Struct("struct {}", {})
BLANKS = " \t\r\n"
# An image as the client has it, and as it is in the engine's JSON: the client applies a template to the second one
# when it fails on the first.
TYPED = Struct(
    "image.InspectResponse",
    {
        "ID": ID,
        "RepoTags": Strings(["nginx:latest"]),
        "RepoDigests": Strings(),
        "Os": "linux",
        "Author": "",
        "Size": 3082659,
        "Config": Struct(
            "*container.Config",
            {
                "User": "",
                "ExposedPorts": {"80/tcp": EMPTY, "443/tcp": EMPTY},
                "Env": Strings(["A=x=y", "B=", "C=a b"]),
                "Entrypoint": Nil("[]"),
                "Volumes": Nil("map[]"),
                "Labels": LABELS,
                "ArgsEscaped": False,
            },
        ),
        "RootFS": Struct("image.RootFS", {"Type": "layers", "Layers": Strings(LAYERS)}),
        "Metadata": Struct("image.Metadata", {"LastTagTime": Time("0001-01-01T00:00:00Z")}),
    },
)
RAW = {
    "Id": ID,
    "RepoTags": ["nginx:latest"],
    "RepoDigests": [],
    "Os": "linux",
    "Author": "",
    "Size": 3082659,
    "Config": {
        "User": "",
        "ExposedPorts": {"80/tcp": {}, "443/tcp": {}},
        "Env": ["A=x=y", "B=", "C=a b"],
        "Entrypoint": None,
        "Volumes": None,
        "Labels": LABELS,
    },
    "RootFS": {"Type": "layers", "Layers": LAYERS},
    "Metadata": {"LastTagTime": "0001-01-01T00:00:00Z"},
}


def shown(source: str) -> str:
    """What `docker image inspect -f` prints, or says."""
    try:
        template = Template(source)
        try:
            return template.render(TYPED)
        except TemplateError:
            return template.render(decode(RAW))
    except TemplateError as error:
        return str(error).removeprefix("template parsing error: template: ")


# Measured


@pytest.mark.parametrize(
    ("source", "output"),
    [
        # fields and values
        ("plain", "plain"),
        (" ", " "),
        ("}}", "}}"),
        ("a\\tb\\n{{.Os}}", "a\\tb\\nlinux"),
        ("{{.Os}} {{.Author}}|", "linux |"),
        ("{{.Os }} }}", "linux }}"),
        ("{{ .Os}}\nsecond", "linux\nsecond"),
        ("{{.Size}}", "3082659"),
        ("{{.RepoTags}} {{.RepoDigests}}", "[nginx:latest] []"),
        ("{{.Config.ExposedPorts}}", "map[443/tcp:{} 80/tcp:{}]"),
        ("{{.Config.Labels}}", "map[a:1 maintainer:NGINX <docker-maint@nginx.com>]"),
        ("{{.Config.Labels.maintainer}}", "NGINX <docker-maint@nginx.com>"),
        ("{{.Config.Labels.nope}} {{.Config.Labels.nope.more}}", "<no value> <no value>"),
        ("{{.Config.Volumes}} {{.Config.Volumes.x}} {{.Config.Entrypoint}}", "map[] <no value> []"),
        ("{{.Config.ArgsEscaped}}", "false"),
        ("{{.Metadata}}", "{0001-01-01 00:00:00 +0000 UTC}"),
        ("{{.RootFS.Type}}", "layers"),
        ("{{(.Config).User}}{{(index .RepoTags 0)}}", "nginx:latest"),
        # the engine's JSON, as soon as one field is only there
        ("{{.Id}} {{.Config.Entrypoint}}", f"{ID} <no value>"),
        ("{{.Id}} {{.Config.ExposedPorts}}", f"{ID} map[443/tcp:map[] 80/tcp:map[]]"),
        ('{{.Id}} {{json .RootFS}}', f'{ID} {{"Layers":{json.dumps(LAYERS, separators=(",", ":"))},"Type":"layers"}}'),
        ("{{.Id}} {{.Metadata}} {{.Config.Env}}", f"{ID} map[LastTagTime:0001-01-01T00:00:00Z] [A=x=y B= C=a b]"),
        ('{{.Id}} {{printf "%d" .Size}} {{.Size}} {{printf "%s" .Size}}', f"{ID} %!d(json.Number=3082659) 3082659 3082659"),
        ('{{.Id}} {{index .Config.Labels "a"}} [{{index .Config.Labels "nope"}}]', f"{ID} 1 [<no value>]"),
        ('{{.Id}} {{index .Config.ExposedPorts "80/tcp"}} {{json .Size}}', f"{ID} map[] 3082659"),
        ("{{.Id}} {{range .Config.Volumes}}x{{else}}none{{end}}", f"{ID} none"),
        ("{{.Id}} {{len .Size}} {{len .Config.Labels}}", f"{ID} 7 2"),
        ('{{.Id}} {{eq .Size "a"}}', f"{ID} false"),
        ("{{if false}}{{.Id}}{{end}}{{.Config.ArgsEscaped}}", "false"),
        # JSON
        ("{{json .RepoTags}} {{json .RepoDigests}} {{json .Config.Volumes}}", '["nginx:latest"] [] null'),
        ("{{json .Config.Labels}}", '{"a":"1","maintainer":"NGINX <docker-maint@nginx.com>"}'),
        ('{{json "<a> & é"}} {{json true}} {{json nil}} {{json 1.5}}', '"<a> & é" true null 1.5'),
        ("{{json .Metadata}}", '{"LastTagTime":"0001-01-01T00:00:00Z"}'),
        # blocks
        ("{{range .RootFS.Layers}}{{println .}}{{end}}", "".join(f"{layer}\n" for layer in LAYERS)),
        ("{{range $i, $l := .RootFS.Layers}}{{if $i}}, {{end}}{{slice $l 7 9}}{{end}}", "44, ff, 00"),
        ("{{range .RepoDigests}}{{.}}{{else}}none{{end}}", "none"),
        ('{{range .Config.Env}}{{.}}{{"\\n"}}{{end}}', "A=x=y\nB=\nC=a b\n"),
        ("{{range $k, $v := .Config.ExposedPorts}}{{$k}}={{$v}} {{end}}", "443/tcp={} 80/tcp={} "),
        ("{{range $k := .Config.Labels}}{{$k}};{{end}}", "1;NGINX <docker-maint@nginx.com>;"),
        ("{{range .Config.Env}}{{$.Os}} {{end}}", "linux linux linux "),
        ("{{range .Config.Volumes}}x{{end}}.", "."),
        ("{{with .Config.User}}U{{else}}root{{end}}", "root"),
        ("{{with $x := .Os}}<{{.}}{{$x}}>{{end}}", "<linuxlinux>"),
        ("{{if .Author}}yes{{else}}no{{end}}{{if .RootFS}}yes{{end}}", "noyes"),
        ('{{if eq .Os "windows"}}w{{else if eq .Os "linux"}}l{{else}}?{{end}}', "l"),
        ('{{if eq .Os "linux"}}l{{else if .Nope}}?{{end}}', "l"),
        ("{{if .Author}}a{{else with .Os}}{{.}}{{end}}", "linux"),
        # variables
        ("{{$x := .Os}}{{$x}}{{$x := 1}}{{$x}}", "linux1"),
        ("{{$n := 0}}{{range .Config.Env}}{{$n = len .}}{{end}}{{$n}}", "5"),
        ("{{$n := 0}}{{if false}}{{$n = 1}}{{end}}{{$n}}", "0"),
        ("{{$x := .Config}}{{$x.User}}{{len $x.Env}}", "3"),
        # functions
        ('{{join .Config.Env ","}} {{join .Config.Entrypoint ","}}|', "A=x=y,B=,C=a b |"),
        ('{{split .ID ":"}} {{index (split .ID ":") 0}} {{split "abc" ""}}', f"[sha256 {ID[7:]}] sha256 [a b c]"),
        ('{{join (split "a b" " ") "-"}}', "a-b"),
        ('{{slice "é" 0 1}}{{slice "é" 1}}', "\N{REPLACEMENT CHARACTER}" * 2),
        ('{{upper .Os}} {{lower "ÀB"}} {{title "hello world foo-bar"}}', "LINUX àb Hello World Foo-Bar"),
        ('[{{pad .Os 2 3}}] [{{pad "" 2 3}}] {{truncate .ID 8}} {{truncate "abc" 12}}', "[  linux   ] [] sha256:b abc"),
        ('{{print .Os .Os}} {{print 1 2 "a" "b" 3}} {{println "a" 1 "b"}}|{{print}}', "linuxlinux 1 2ab3 a 1 b\n|"),
        ("{{print nil}} {{println}}", "<nil> \n"),
        ('{{index .RepoTags 0}} {{index .RepoTags 0 0}} {{index .RepoTags}} {{index "abc" 1}}', "nginx:latest 110 [nginx:latest] 98"),
        ('{{index .Config.Labels "a"}} [{{index .Config.Labels "nope"}}] {{index .Config.ExposedPorts "81/tcp"}}', "1 [] {}"),
        ('{{slice .ID 7 9}} {{slice .RepoTags 0 1}} {{slice .RepoTags 1}} {{slice "abc"}}', "b4 [nginx:latest] [] abc"),
        ('{{len .RootFS.Layers}} {{len "é"}} {{len .Config.Labels}} {{len .Config.Entrypoint}}', "3 2 2 0"),
        ('{{eq .Os "a" "linux"}} {{ne .Os "x"}} {{lt 1 2}} {{le 2 2}} {{gt 1 2}} {{ge 1 2}}', "true true true true false false"),
        ('{{gt .Size 1000}} {{lt "a" "b"}} {{eq true false}} {{eq 1.5 1.5}}', "true true false true"),
        ("{{and .Author .Os}}|{{or .Author .Os}}|{{not .Author}}|{{and 1 .Os}}|{{or .Author false}}", "|linux|true|linux|false"),
        ("{{and false .Nope .Nope}} {{or .Os .Nope .Nope}} {{and (or .Os .Nope) 1}}", "false linux 1"),
        ('{{printf "%.10s|%d|%v|%q|%5d|%-5s|%05d|%%" .ID 7 .RepoTags .Os 7 "a" 42}}',
         "sha256:b45|7|[nginx:latest]|\"linux\"|    7|a    |00042|%"),
        ('{{printf "%s %d" .Os}} {{printf "x" .Os}} {{printf "%d" "a"}}', "linux %!d(MISSING) x%!(EXTRA string=linux) %!d(string=a)"),
        ('{{printf "%s" true}} {{printf "%q" 1}}', "%!s(bool=true) %!q(int=1)"),
        # pipes and literals
        ('{{.Os | upper | printf "%s!"}} {{"x" | printf "%s-%s" "y"}} {{.Os | }}', "LINUX! y-x linux"),
        ('{{"q\\"q"}} {{`raw\\n`}} {{"\\t|\\u00e9"}} {{true}}', 'q"q raw\\n \t|é true'),
        ("{{0x10}} {{1e3}} {{1_000}} {{-1}} {{1.50}} {{.1}} {{+2}}", "16 1000 1000 -1 1.5 0.1 2"),
        # blanks and comments
        ("a {{- .Os -}} b", "alinuxb"),
        ("{{- .Os }} {{ .Os -}} \t\n x", "linux linuxx"),
        ("{{/* c */}}x{{/* }} */ -}}  y", "xy"),
        ("{{- /* c */ -}} x", "x"),
        ("{{if true -}} a {{- else -}} b {{- end -}} c", "ac"),
    ],
)  # fmt: skip
def test_a_template_prints_what_go_prints(source: str, output: str) -> None:
    assert shown(source) == output


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        # while applying: where, in what, and why
        ("{{.Nope}}", ':1:2: executing "" at <.Nope>: map has no entry for key "Nope"'),
        ("{{.Config.Nope}}", ':1:9: executing "" at <.Config.Nope>: map has no entry for key "Nope"'),
        ("{{.Config.Nope.X}}", ':1:9: executing "" at <.Config.Nope.X>: map has no entry for key "Nope"'),
        ("{{.Id}}\n é{{.Nope}}", ':2:5: executing "" at <.Nope>: map has no entry for key "Nope"'),
        ("{{.Id}} {{.Config.Labels.nope}}", ':1:17: executing "" at <.Config.Labels.nope>: map has no entry for key "nope"'),
        ("{{.Id.X}}", ':1:5: executing "" at <.Id.X>: can\'t evaluate field X in type interface {}'),
        ("{{.Config.Env.X}}", ':1:9: executing "" at <.Config.Env.X>: can\'t evaluate field X in type interface {}'),
        ("{{$x := .}}{{$x.Nope}}", ':1:15: executing "" at <$x.Nope>: map has no entry for key "Nope"'),
        ("{{index .RepoTags 9}}", ':1:2: executing "" at <index .RepoTags 9>: error calling index: index out of range: 9'),
        ("{{index .RepoTags -1}}", ':1:2: executing "" at <index .RepoTags -1>: error calling index: index out of range: -1'),
        ("{{index .RepoTags 1}}", ':1:2: executing "" at <index .RepoTags 1>: error calling index: reflect: slice index out of range'),
        ('{{index .RepoTags "x"}}',
         ':1:2: executing "" at <index .RepoTags "x">: error calling index: cannot index slice/array with type string'),
        ("{{index 1 0}}", ':1:2: executing "" at <index 1 0>: error calling index: can\'t index item of type int'),
        ("{{index .Config.Labels 1}}",
         ':1:2: executing "" at <index .Config.Labels 1>: error calling index: value has type int; should be string'),
        ("{{slice .Id 7 1900}}", ':1:2: executing "" at <slice .Id 7 1900>: error calling slice: index out of range: 1900'),
        ("{{len 3}}", ':1:2: executing "" at <len 3>: error calling len: len of type int'),
        ("{{.Id}} {{len .Config.Volumes}}", ':1:10: executing "" at <len .Config.Volumes>: error calling len: len of nil pointer'),
        ("{{len}}", ':1:2: executing "" at <len>: wrong number of args for len: want 1 got 0'),
        ("{{and}}", ':1:2: executing "" at <and>: wrong number of args for and: want at least 1 got 0'),
        ("{{join .RepoTags}}", ':1:2: executing "" at <join>: wrong number of args for join: want 2 got 1'),
        ('{{join .Os ","}}', ':1:7: executing "" at <.Os>: wrong type for value; expected []string; got string'),
        ('{{.Id}} {{join .RepoTags ","}}',
         ':1:15: executing "" at <.RepoTags>: wrong type for value; expected []string; got []interface {}'),
        ("{{upper .Size}}", ':1:8: executing "" at <.Size>: wrong type for value; expected string; got json.Number'),
        ("{{.Size | upper}}", ':1:10: executing "" at <upper>: wrong type for value; expected string; got json.Number'),
        ("{{upper 1}}", ':1:8: executing "" at <1>: expected string; found 1'),
        ('{{truncate .Id "x"}}', ':1:15: executing "" at <"x">: expected integer; found "x"'),
        ('{{eq 1 "a"}}', ':1:2: executing "" at <eq 1 "a">: error calling eq: incompatible types for comparison'),
        ("{{.Id}} {{gt .Size 1000}}",
         ':1:10: executing "" at <gt .Size 1000>: error calling gt: incompatible types for comparison'),
        ("{{eq .RepoTags .RepoTags}}",
         ':1:2: executing "" at <eq .RepoTags .RepoTags>: error calling eq: non-comparable type [nginx:latest]: []interface {}'),
        ("{{range .Id}}x{{end}}", f':1:8: executing "" at <.Id>: range can\'t iterate over {ID}'),
        ("{{range .Os | upper}}x{{end}}", ':1:14: executing "" at <upper>: range can\'t iterate over LINUX'),
        ("{{range .Config}}x{{end}}{{.Nope}}", ':1:27: executing "" at <.Nope>: map has no entry for key "Nope"'),
        ("{{.Id .Os}}", ':1:2: executing "" at <.Id>: Id is not a method but has arguments'),
        ("{{(.Id).X}}", ':1:3: executing "" at <.Id>: can\'t evaluate field X in type string'),
        ("{{1 2}}", ':1:2: executing "" at <1>: can\'t give argument to non-function 1'),
        ("{{$x := 1}}{{$x 2}}", ':1:13: executing "" at <$x>: can\'t give argument to non-function $x'),
        ("{{nil}}", ':1:2: executing "" at <nil>: nil is not a command'),
        ("{{ upper   ( print  1 ) 2 }}", ':1:3: executing "" at <upper>: wrong number of args for upper: want 1 got 2'),
        # while reading
        ("{{.Id", ":1: unclosed action"),
        ("{{.}} {{", ":1: unclosed action"),
        ("a\n{{.Id", ":2: unclosed action"),
        ("{{.Id}", ":1: bad character U+007D '}'"),
        ("{{.Os;}}", ":1: bad character U+003B ';'"),
        ("{{.Os!}}", ":1: bad character U+0021 '!'"),
        ('{{"a}}', ":1: unterminated quoted string"),
        ('{{"a\nb"}}', ":1: unterminated quoted string"),
        ("{{`a", ":1: unterminated raw quoted string"),
        ("{{/* c }}", ":1: unclosed comment"),
        ("{{/* c */ x}}", ":1: comment ends before closing delimiter"),
        ("{{:}}", ":1: expected :="),
        ("{{nope .Id}}", ':1: function "nope" not defined'),
        ("{{.Id | nope}}", ':1: function "nope" not defined'),
        ("{{. Os}}", ':1: function "Os" not defined'),
        ("{{..Os}}", ':1: unexpected . after term "."'),
        ('{{"a".b}}', ':1: unexpected . after term "\\"a\\""'),
        ("{{$x}}", ':1: undefined variable "$x"'),
        ("{{$x = 1}}", ':1: undefined variable "$x"'),
        ("{{with $x := .Os}}{{end}}{{$x}}", ':1: undefined variable "$x"'),
        ("{{$a, $b := 1}}", ":1: too many declarations in command"),
        ("{{}}", ":1: missing value for command"),
        ("{{()}}", ":1: missing value for parenthesized pipeline"),
        ("{{if}}x{{end}}", ":1: missing value for if"),
        ("{{range}}{{end}}", ":1: missing value for range"),
        ("{{with}}x{{end}}", ":1: missing value for with"),
        ("{{| .Os}}", ':1: unexpected "|" in command'),
        ("{{.Os || 1}}", ':1: unexpected "|" in command'),
        ("{{#}}", ':1: unexpected "#" in command'),
        ("{{.Os,}}", ':1: unexpected "," in operand'),
        ("{{.Os = 1}}", ':1: unexpected "=" in operand'),
        ("{{(.Id}}", ":1: unclosed left paren"),
        ("{{.Id)}}", ":1: unexpected right paren"),
        ("{{1.x}}", ':1: bad number syntax: "1.x"'),
        ("{{08}}", ':1: bad number syntax: "08"'),
        (f"{{{{0x{'f' * 9999}}}}}", f':1: bad number syntax: "0x{"f" * 9999}"'),
        ('{{"\\q"}}', ":1: invalid syntax"),
        ('{{"\\ud800"}}', ":1: invalid syntax"),
        ("{{end}}", ":1: unexpected {{end}}"),
        ("{{end}} {{.Nope", ":1: unexpected {{end}}"),
        ("{{else}}", ":1: unexpected {{else}}"),
        ("{{if 1}}{{end x}}", ':1: unexpected "x" in end'),
        ("{{if 1}}{{else x}}{{end}}", ':1: unexpected "x" in else'),
        ("{{if .Id}}x", ":1: unexpected EOF"),
        ("{{if .Id}}x{{else}}y", ":1: unexpected EOF"),
        ("{{if .Os}}{{else}}{{else}}{{end}}", ":1: expected end; found {{else}}"),
    ],
)  # fmt: skip
def test_a_template_fails_in_the_words_of_go(source: str, problem: str) -> None:
    assert shown(source) == problem


def test_a_value_of_the_client_names_its_type_in_messages() -> None:
    for source, type_name, place in (
        ("{{.Nope}}", "image.InspectResponse", ":1:2"),
        ("{{.ID.X}}", "string", ":1:5"),
        ("{{.Config.Nope}}", "*container.Config", ":1:9"),
        ("{{.Metadata.LastTagTime.X}}", "time.Time", ":1:11"),
    ):
        expression = source.strip("{}")
        field = expression.rpartition(".")[2]
        with pytest.raises(TemplateError) as raised:
            Template(source, "name").render(TYPED)
        assert str(raised.value) == (
            f'template parsing error: template: name{place}: executing "name" at <{expression}>: '
            f"can't evaluate field {field} in type {type_name}"
        )


def test_a_template_is_refused_before_there_is_anything_to_apply_it_to() -> None:
    with pytest.raises(ParseError, match='template parsing error: template: version:1: function "nope" not defined'):
        Template("{{nope}}", "version")


def test_a_template_is_the_same_after_it_has_been_applied_or_has_failed() -> None:
    template = Template("{{$x := .A}}{{range .B}}{{upper .}}{{$x}}{{end}}")
    assert template.render({"A": 1, "B": Strings(["a", "b"])}) == "A1B1"
    assert template.heading({"A": "TITLE"}) == ""
    with pytest.raises(TemplateError):
        template.render({"A": 1, "B": [1]})
    assert template.render({"A": 2, "B": Strings(["c"])}) == "C2"


# What is missing


@pytest.mark.parametrize(
    "source",
    ['{{html "<a>"}}', '{{js "a"}}', '{{.Os | urlquery}}', "{{call .Os}}", '{{define "a"}}x{{end}}', '{{template "a"}}',
     '{{block "a" .}}x{{end}}', "{{range .RepoTags}}{{break}}{{end}}", "{{range .RepoTags}}{{continue}}{{end}}", "{{print upper}}"],
)  # fmt: skip
def test_a_part_of_go_that_is_missing_is_refused_by_name(source: str) -> None:
    names = {"html", "js", "urlquery", "call", "define", "template", "block", "break", "continue", "upper"}
    name = next(word for word in source.replace("{", " ").replace("}", " ").split() if word in names)
    assert shown(source) == f":1: {name} here is a part of Go's templates that dockerlearn does not know"


def test_a_range_over_a_number_is_refused_by_name() -> None:
    problem = "a range over a number is a part of Go's templates that dockerlearn does not know"
    assert shown("{{range 3}}{{.}}{{end}}") == f':1:8: executing "" at <3>: {problem}'


def test_a_verb_of_printf_that_is_missing_is_refused_by_name() -> None:
    for verb in ("%x", "%T", "%+d", "%5.2f", "%", "%9999d"):
        problem = shown(f'{{{{printf "a{verb}" 1}}}}')
        assert problem.endswith(" is something that dockerlearn does not know"), problem


def test_a_template_of_very_many_parts_is_refused() -> None:
    assert shown("{{1}}" * 101) == ":1: more than 100 actions and parentheses are more than dockerlearn reads"
    assert shown("{{1}}" * 100) == "1" * 100
    assert shown("{{if 1}}" * 49 + "x" + "{{end}}" * 49) == "x"
    assert shown("{{" + "(" * 98 + "1" + ")" * 98 + "}}") == "1"


def test_the_blanks_around_a_text_are_not_very_many() -> None:
    assert len(shown('{{pad "a" 99999999999 99999999999}}')) < 3000


# Headings


def test_a_heading_is_arranged_but_not_changed() -> None:
    titles = {"ID": "IMAGE ID", "Tag": "TAG"}
    assert Template("{{.ID}}\t{{lower .Tag}}").heading(titles) == "IMAGE ID\tTAG"
    assert (
        Template('{{json .ID}} {{truncate .ID 3}} {{.Tag | printf "%s!"}}').heading(titles) == "IMAGE ID IMAGE ID TAG!"
    )
    assert Template("{{.Nope}}").heading(titles) == "<no value>"
    assert Template("{{json .}}").heading(titles) == ""
    assert Template("{{lower .Tag}}").render({"Tag": "TAG"}) == "tag"


def test_the_json_of_a_structure_may_be_escaped_and_leave_fields_out() -> None:
    class Row(Struct):
        escaped = True

        def json(self) -> dict[str, Any]:
            return {name: value for name, value in self.items() if value}

    row = Row("*formatter.imageContext", {"B": "<none>", "A": ""})
    assert Template("{{json .}} {{json .B}}").render(row) == '{"B":"\\u003cnone\\u003e"} "<none>"'


# Properties

plain_text = st.text(st.characters(codec="utf-8"), max_size=30).filter(lambda text: "{{" not in text + "{")
values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(st.characters(codec="utf-8"), max_size=8)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain_text, values)
def test_a_template_without_actions_is_itself(source: str, value: Any) -> None:
    assert Template(source).render(value) == source


@given(plain_text.filter(lambda text: not text.endswith("{")), st.text(" \t\n", max_size=3), plain_text)
def test_marks_trim_the_blanks_beside_them(before: str, blanks: str, after: str) -> None:
    source = f"{before}{blanks}{{{{- `x` -}}}}{blanks}{after}"
    assert Template(source).render(None) == before.rstrip(BLANKS) + "x" + after.lstrip(BLANKS)


@given(values)
def test_json_is_that_of_the_value(value: Any) -> None:
    printed = Template("{{json .A}}").render({"A": value})
    assert json.loads(printed) == value
    assert Template("{{json .A}}").render(decode({"A": value})) == printed
    assert printed == json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).translate(
        {0x2028: "\\u2028", 0x2029: "\\u2029"}
    )


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_text_is_printed_as_it_is(value: str) -> None:
    assert Template("{{.A}}").render({"A": value}) == value
    assert Template(f"{{{{{json.dumps(value)}}}}}").render(None) == value
    assert Template('{{printf "%s" .A}}{{print .A}}').render({"A": value}) == value + value
    assert json.loads(Template('{{printf "%q" .A}}').render({"A": value})) == value


@given(st.lists(st.text("ab,", max_size=3), max_size=5), st.sampled_from([",", "--"]))
def test_range_index_len_join_and_split_agree(items: list[str], separator: str) -> None:
    data = {"A": Strings(items), "S": separator}
    joined = Template("{{join .A .S}}").render(data)
    ranged = "{{range $i, $x := .A}}{{if $i}}{{$.S}}{{end}}{{$x}}{{end}}"
    assert Template(ranged).render(data) == joined == separator.join(items)
    assert Template("{{len .A}}").render(data) == str(len(items))
    assert [Template(f"{{{{index .A {place}}}}}").render(data) for place in range(len(items))] == items
    assert Template("{{json (split (join .A .S) .S)}}").render(data) == json.dumps(
        joined.split(separator), separators=(",", ":")
    )


@given(st.lists(values, max_size=4))
def test_a_condition_holds_unless_the_value_is_zero_or_empty(items: list[Any]) -> None:
    for item in items:
        assert Template("{{if .A}}yes{{else}}no{{end}}").render({"A": item}) == ("yes" if item else "no")
        assert Template("{{not .A}}").render({"A": item}) == ("false" if item else "true")


pieces = st.sampled_from(
    "{{ }} {{- -}} .Id .Config.Env .Config.Labels .Size .Nope . $ $x := = | ( ) , if range with else end json index len "
    'join split slice printf print pad truncate eq lt and or not 0 1 -1 1.5 99999999999 "a" "%d" "%s" `r` nil true /* */ '
    "html break \" ` ' § \x00 \n é".split(" ")
)


@settings(max_examples=1000)
@given(
    st.one_of(
        st.lists(pieces, max_size=15).map(" ".join),
        st.lists(pieces, max_size=8).map(lambda parts: "{{" + " ".join(parts) + "}}"),
        st.text(max_size=20).map(lambda text: f"{{{{{text}}}}}"),
    ),
    st.sampled_from([TYPED, RAW, None, {"Id": []}]),
    st.booleans(),
)
def test_nothing_but_a_template_error_is_raised(source: str, data: Any, strict: bool) -> None:
    try:
        printed = Template(source).render(decode(data) if strict else data)
    except TemplateError as error:
        printed = str(error)
    assert isinstance(printed, str)
