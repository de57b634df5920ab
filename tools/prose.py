"""The voice of the pages: `python -m tools.prose [PAGE...]` prints what speaks against it, with page and line, and fails.

proselint does the work, with its own checks of English, and those of this house: contractions, no word that does another's
job, no praise. Only prose is read. Blocks, code, links' targets, and what stands in quotation marks are not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from proselint import checks
from proselint.registry.checks import Check, Padding, types
from proselint.tools import LintFile

from dockerlearn.course.blocks import Block, Lexer, read_quiz
from dockerlearn.course.faults import Finding
from dockerlearn.course.files import lexed, read

PAGES = [*sorted(Path("docs").glob("*.md")), Path("README.md")]
NOT_ENGLISH = (  # of proselint's checks, those that do not fit a course full of terminals
    "typography", "dates_times", "annotations", "lexical_illusions", "misc.capitalization", "misc.phrasal_adjectives",
    "misc.tense_present", "restricted", "terms", "industrial_language", "weasel_words", "uncomparables", "skunked_terms",
)  # fmt: skip
HOUSE = (
    (r"\b(?:do|does|did|is|are|was|were|has|have|had|could|would|should|need) not", "Contract it, as speech does."),
    (r"\b(?:cannot|can not)", "Contract it: can't."),
    (r"[.!?:]\s+(?:it|that|there|here) is (?:a|an|the|not|no|only|just|also|still|called|now)", "Contract it: it's."),
    (r"\b(?:you|we|they|it|that) will", "Contract it: you'll."),
    (r"\b(?:you|we|they) are (?:a|an|the|not|now|going|done|asked)", "Contract it: you're."),
    (r"\blet us", "Contract it: let's."),
    (r"\bfor (?:it|he|she|they|we|nothing|nobody|all|this|these) (?:is|are|has|have|was|were|had)", "Say because."),
    (r"\b(?:goes|go|went) by the name", "Say is called."),
    (r"\b(?:lies|stands) (?:in|on|at|under|above|below|beside|for)", "Say is."),
    (r"\b(?:by which|of which|in which case)", "Say it in two sentences."),
    (r"\b(?:whoever|whosoever|thereof|therein|hence|thus|whilst|amongst)", "Nobody says that at a whiteboard."),
    (r"\b(?:simply|easily|obviously|of course|basically|essentially)", "Leave it out: it isn't easy for everybody."),
    (r"\b(?:in order to|utili[sz]e|leverage)", "Say it in one word, or leave it out."),
    (r"\b(?:e\.g|i\.e|etc)", "Say it in English."),
)
EVERYWHERE = checks.__register__ + tuple(
    Check(
        check_type=types.Existence(items=(rf"(?:{pattern})\b",), padding=Padding.RAW),
        path=f"house.{number}",
        message=f"'{{}}': {message}",
    )
    for number, (pattern, message) in enumerate(HOUSE)
)
CHECKS = tuple(check for check in EVERYWHERE if not any(map(check.matches_partial, NOT_ENGLISH)))

_UNREAD = re.compile(
    r"""(?P<code>`[^`\n]+`) | (?P<target>\]\([^)]*\)) | (?P<html><[^>\n]+>) | (?P<stressed>\*not\*) | \{[^}\n]*\}""",
    re.VERBOSE,
)


def prose(text: str, blocks: Iterable[Block]) -> str:
    """What of a page is prose, each line in its place. Of a quiz, that's its question and what is said of each choice."""
    lines = text.split("\n")
    if lines[0] == "---":
        end = lines.index("---", 1)
        lines[: end + 1] = [
            line.removeprefix("description: ") * line.startswith("description") for line in lines[: end + 1]
        ]
    for block in blocks:
        inside = range(block.first_line - 1, block.last_line)
        kept = _of_quiz(block) if block.language == "quiz" else set()
        for place in inside:
            if place + 1 not in kept:
                lines[place] = ""
    return _UNREAD.sub(lambda found: "`" * len(found[0]), "\n".join(lines))


def _of_quiz(block: Block) -> set[int]:
    quiz = read_quiz(block.text, block.text_line, draft=True)
    code = range(quiz.code.first_line, quiz.code.last_line + 1) if quiz.code else range(0)
    lines = set(range(block.text_line, block.last_line)) - {*code}
    if quiz.code:  # then choices are what is printed
        lines -= {line for each in quiz.choices for line in range(each.line, each.line + len(each.written))}
    return lines


def remarks(path: Path, lexer: Lexer) -> Iterator[Finding]:
    """What speaks against the voice in a page, in page order."""
    text = lexed(read(path))
    file = LintFile(str(path), prose(text, lexer.blocks(text)))
    found = (
        (file.line_col_of(result.span[0])[0], result.message)
        for check in CHECKS
        for result in check.check_with_flags(file.content)
        if not file.is_quoted_pos(result.span[0])
    )
    yield from (Finding(str(path), line, message) for line, message in sorted(set(found)))


def main(arguments: list[str]) -> int:
    """Look through some pages, or all; 1 if anything speaks against the voice."""
    lexer = Lexer(Path("mkdocs.yml"))
    found = [remark for path in map(Path, arguments or PAGES) for remark in remarks(path, lexer)]
    print(*found, sep="\n", end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
