"""A reader who answers quizzes: with the mouse and by keyboard, in two tabs, with no storage, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from dockerlearn.course.blocks import NOTHING, Lexer, Quiz, read_quiz
from tests.browser.audit import MODES, shown_in, violations
from tests.browser.built import ROOT, SITE, addresses

LEXER = Lexer(ROOT / "mkdocs.yml")
ADDRESSES = addresses()


def quizzes(page: str) -> list[Quiz]:
    """The quizzes of a page, as they were tested."""
    blocks = LEXER.blocks((ROOT / page).read_text(encoding="utf-8"))
    return [read_quiz(block.text, block.text_line) for block in blocks if block.language == "quiz"]


QUIZZES = {page: asked for page in ADDRESSES if (asked := quizzes(page))}
FIRST = next(iter(QUIZZES))

every_page = pytest.mark.parametrize("page", QUIZZES)
some_pages = pytest.mark.parametrize("page", list(QUIZZES)[::4])
every_look = pytest.mark.parametrize(("width", "palette"), MODES)


@pytest.fixture
def tab(context: BrowserContext) -> Iterator[Page]:
    tab = context.new_page()
    thrown: list[object] = []
    tab.on("pageerror", lambda error: thrown.append(error))
    yield tab
    assert thrown == []


def visit(tab: Page, site: str, page: str) -> list[Locator]:
    """A page's quizzes on the screen, once they are set up."""
    tab.goto(site + ADDRESSES[page])
    tab.wait_for_selector(".quiz-clear button")
    return shown(tab)


def shown(tab: Page) -> list[Locator]:
    return list(tab.locator(".quiz").all())


def plain(text: str) -> str:
    """What is read of a line of a quiz."""
    return text.replace("`", "").replace("*", "")


def answer(quiz: Locator, choice: int) -> None:
    quiz.get_by_role("radio").nth(choice).check()
    quiz.get_by_role("button", name="Check").click()


def said(quiz: Locator) -> str:
    """What a screen reader is told after a check."""
    return " ".join(str(quiz.get_by_role("status").first.inner_text()).split())


def right(asked: Quiz) -> int:
    return asked.choices.index(asked.right)


def wrong(asked: Quiz) -> int:
    """The first wrong choice."""
    return next(number for number, choice in enumerate(asked.choices) if not choice.right)


@every_page
def test_every_choice_of_every_quiz_is_told_right_or_wrong_and_why(tab: Page, site: str, page: str) -> None:
    found = visit(tab, site, page)
    assert len(found) == len(QUIZZES[page])
    for quiz, asked in zip(found, QUIZZES[page], strict=True):
        for number, choice in enumerate(asked.choices):
            answer(quiz, number)
            verdict = "Right." if choice.right else "Wrong."
            assert said(quiz).replace("*", "") == f"{verdict} {plain(choice.explanation)}"
            assert quiz.locator(".is-right, .is-wrong").count() == 1
            assert quiz.locator("li").nth(number).get_attribute("class") == ("is-right" if choice.right else "is-wrong")
            why = "Why the others are wrong" if choice.right else "Answer"
            assert quiz.locator("summary").inner_text() == why


@every_page
def test_every_quiz_can_be_answered_by_keyboard_alone(tab: Page, site: str, page: str) -> None:
    for quiz, asked in zip(visit(tab, site, page), QUIZZES[page], strict=True):
        quiz.get_by_role("radio").first.focus()
        tab.keyboard.press("Space")
        for _ in range(right(asked)):
            tab.keyboard.press("ArrowDown")
        assert quiz.get_by_role("radio").nth(right(asked)).is_checked()
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        assert said(quiz).startswith("Right.")
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        assert quiz.locator(".quiz-answer li").first.is_visible()


def test_check_without_a_choice_asks_for_one(tab: Page, site: str) -> None:
    quiz = visit(tab, site, FIRST)[0]
    quiz.get_by_role("button", name="Check").click()
    assert said(quiz) == "Choose an answer first."


def test_another_choice_takes_the_verdict_away(tab: Page, site: str) -> None:
    quiz, asked = visit(tab, site, FIRST)[0], QUIZZES[FIRST][0]
    answer(quiz, right(asked))
    quiz.get_by_role("radio").nth(wrong(asked)).check()
    assert said(quiz) == ""
    assert quiz.locator(".is-right").count() == 0


@every_page
def test_answers_survive_a_reload(tab: Page, site: str, page: str) -> None:
    chosen = [[right, wrong][number % 2](asked) for number, asked in enumerate(QUIZZES[page])]
    for quiz, choice in zip(visit(tab, site, page), chosen, strict=True):
        answer(quiz, choice)
    tab.reload()
    tab.wait_for_selector(".quiz-clear button")
    for number, (quiz, choice) in enumerate(zip(shown(tab), chosen, strict=True)):
        assert quiz.get_by_role("radio").nth(choice).is_checked()
        assert said(quiz) == ["Right.", "Wrong."][number % 2]


def test_answers_survive_a_way_through_other_pages_without_a_reload(tab: Page, site: str) -> None:
    # Only what the sitemap lists is loaded without a reload, and it lists nothing before the site has an address.
    listed = "".join(f"<url><loc>{site}{address}</loc></url>" for address in ADDRESSES.values())
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>'
    tab.route("**/sitemap.xml", lambda route: route.fulfill(body=sitemap, content_type="application/xml"))
    quiz, asked = visit(tab, site, FIRST)[0], QUIZZES[FIRST][0]
    answer(quiz, right(asked))
    tab.evaluate("window.same = true")
    title = tab.locator("h1").inner_text()
    tab.locator("a.md-footer__link--prev").click()
    expect(tab.locator("h1")).not_to_have_text(title)  # the address changes before the page does
    tab.locator("a.md-footer__link--next").click()
    tab.wait_for_url(site + ADDRESSES[FIRST])
    tab.locator(".quiz .is-right").wait_for()
    assert tab.evaluate("window.same")
    assert said(shown(tab)[0]) == "Right."
    for quiz in shown(tab):
        assert quiz.get_by_role("button", name="Check").count() == 1


def test_two_tabs_agree(context: BrowserContext, site: str) -> None:
    one, other = context.new_page(), context.new_page()
    here, there = visit(one, site, FIRST)[0], visit(other, site, FIRST)[0]
    asked = QUIZZES[FIRST][0]
    answer(here, right(asked))
    there.locator(".is-right").wait_for()
    assert there.get_by_role("radio").nth(right(asked)).is_checked()
    answer(there, wrong(asked))
    here.locator(".is-wrong").wait_for()
    one.get_by_role("button", name="Clear my answers").click()
    there.locator(".is-wrong").wait_for(state="detached")
    assert there.locator("input:checked").count() == 0


def test_answers_can_be_cleared_and_those_of_other_pages_stay(tab: Page, site: str) -> None:
    second = list(QUIZZES)[1]
    for page in (FIRST, second):
        for quiz, asked in zip(visit(tab, site, page), QUIZZES[page], strict=True):
            answer(quiz, right(asked))
    tab.get_by_role("button", name="Clear my answers").click()
    assert tab.get_by_role("status").last.inner_text() == "Your answers to this page are cleared."
    assert tab.locator(".quiz input:checked").count() == 0
    assert [said(quiz) for quiz in shown(tab)] == ["" for _ in QUIZZES[second]]
    assert [said(quiz) for quiz in visit(tab, site, second)] == ["" for _ in QUIZZES[second]]
    assert [said(quiz) for quiz in visit(tab, site, FIRST)] == ["Right." for _ in QUIZZES[FIRST]]


def test_a_changed_question_is_a_new_one(tab: Page, site: str) -> None:
    answer(visit(tab, site, FIRST)[0], 0)
    html = tab.request.get(site + ADDRESSES[FIRST]).text()
    key = QUIZZES[FIRST][0].key
    tab.route(site + ADDRESSES[FIRST], lambda route: route.fulfill(body=html.replace(key, "0" * 12)))
    quiz = visit(tab, site, FIRST)[0]
    assert quiz.locator("input:checked").count() == 0
    assert said(quiz) == ""


STORAGES = {
    "denied": "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })",
    "absent": "Object.defineProperty(window, 'localStorage', { value: null })",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }",
    "damaged": "Storage.prototype.getItem = () => '{ no answer: 99'",
}


@pytest.mark.parametrize("storage", STORAGES)
def test_a_quiz_works_whatever_the_storage_does(tab: Page, site: str, storage: str) -> None:
    script = (SITE / "assets/quiz.js").read_text(encoding="utf-8")
    spoilt = f"{STORAGES[storage]};\n{script}"  # here and not in the page: the theme itself needs a storage
    tab.route("**/assets/quiz.js", lambda route: route.fulfill(body=spoilt, content_type="text/javascript"))
    for quiz, asked in zip(visit(tab, site, FIRST), QUIZZES[FIRST], strict=True):
        assert quiz.locator("input:checked").count() == 0
        answer(quiz, wrong(asked))
        assert said(quiz).startswith("Wrong. ")
        answer(quiz, right(asked))
        assert said(quiz).startswith("Right. ")
    tab.get_by_role("button", name="Clear my answers").click()
    assert tab.locator(".quiz input:checked").count() == 0


@every_page
def test_without_scripts_all_is_readable_and_the_answer_is_folded(browser: Browser, site: str, page: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(site + ADDRESSES[page])
    for quiz, asked in zip(shown(tab), QUIZZES[page], strict=True):
        assert quiz.locator("legend").inner_text() == plain(asked.question)
        labels = quiz.locator("label").all()
        assert len(labels) == len(asked.choices)
        assert all(label.is_visible() for label in labels)
        reasons = quiz.locator(".quiz-answer li")
        assert not reasons.first.is_visible()
        assert quiz.get_by_role("button").count() == 0
        quiz.locator("summary").click()
        assert [text.startswith("Right.") for text in reasons.all_inner_texts()] == [
            choice.right for choice in asked.choices
        ]
        assert reasons.first.is_visible()
    context.close()


@some_pages
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_when_the_script_arrives(context: BrowserContext, site: str, page: str, width: int) -> None:
    tab = context.new_page()
    tab.set_viewport_size({"width": width, "height": 900})
    places = (
        "[...document.querySelectorAll('.quiz, .quiz + p')].map(each => each.getBoundingClientRect().top + scrollY)"
    )
    tab.route("**/assets/quiz.js", lambda route: route.abort())
    tab.goto(site + ADDRESSES[page], wait_until="networkidle")
    before = tab.evaluate(places)
    tab.unroute("**/assets/quiz.js")
    for quiz, asked in zip(visit(tab, site, page), QUIZZES[page], strict=True):
        answer(quiz, right(asked))
    visit(tab, site, page)
    tab.wait_for_load_state("networkidle")
    assert tab.locator(".is-right").count() == len(QUIZZES[page])
    assert tab.evaluate(places) == before


@every_page
def test_no_quiz_is_wider_than_a_phone(context: BrowserContext, site: str, page: str) -> None:
    tab = context.new_page()
    tab.set_viewport_size({"width": 390, "height": 900})
    for quiz, asked in zip(visit(tab, site, page), QUIZZES[page], strict=True):
        answer(quiz, right(asked))
        quiz.locator("summary").click()
    assert tab.evaluate("document.scrollingElement.scrollWidth") == 390


def test_a_screen_reader_hears_the_question_the_choices_and_the_verdict(tab: Page, site: str) -> None:
    quiz, asked = visit(tab, site, FIRST)[0], QUIZZES[FIRST][0]
    group = tab.get_by_role("group", name=plain(asked.question), exact=True)
    assert group.get_by_role("radio").count() == len(asked.choices)
    for choice in asked.choices:
        assert (
            group.get_by_role(
                "radio", name=" ".join(choice.text.split()) or NOTHING if asked.code else plain(choice.text), exact=True
            ).count()
            == 1
        )
    assert quiz.get_by_role("status").count() == 1


@every_look
@some_pages
def test_axe_finds_nothing(browser: Browser, site: str, page: str, width: int, palette: str) -> None:
    context = shown_in(browser, width, palette)
    tab = context.new_page()
    found = visit(tab, site, page)

    assert violations(tab, ".quiz") == []
    for number, (quiz, asked) in enumerate(zip(found, QUIZZES[page], strict=True)):
        answer(quiz, [right, wrong][number % 2](asked))
        quiz.locator("summary").click()
    found[0].get_by_role("button", name="Check").hover()
    assert violations(tab, ".quiz") == []
    context.close()
