"""Random names for containers: an adjective and the surname of a pioneer of computing or science.

They are made as Docker's engine makes them, with its one exception: Steve Wozniak is not boring.
"""

from __future__ import annotations

from collections.abc import Container

ADJECTIVES = tuple(
    """
admiring agitated amazing awesome beautiful blissful bold boring brave busy charming clever compassionate competent condescending
confident cool crazy dazzling determined distracted dreamy eager ecstatic elastic elated elegant eloquent epic exciting fervent
festive flamboyant focused friendly frosty funny gallant gifted goofy gracious great happy hardcore heuristic hopeful hungry
infallible inspiring intelligent interesting jolly jovial keen kind laughing loving lucid magical modest musing mystifying
naughty nervous nice nifty nostalgic objective optimistic peaceful pedantic pensive practical priceless quirky quizzical
recursing cranky relaxed reverent romantic sad serene sharp silly sleepy stoic strange stupefied suspicious sweet tender thirsty
trusting unruffled upbeat vibrant vigilant vigorous wizardly wonderful xenodochial youthful zealous zen
""".split()
)
SURNAMES = tuple(
    """
allen archimedes babbage banzai bardeen bassi bell blackwell bohr booth borg boyd brattain brown burnell cannon carson cartwright carver cerf chandrasekhar
chatterjee clarke cori cray curie curran darwin davinci dijkstra driscoll easley edison einstein elion ellis engelbart euclid
euler faraday fermat fermi feynman franklin gagarin galileo galois gates gauss germain goldberg goldstine goodall hamilton
hawking heisenberg hellman hermann herschel hertz hodgkin hoover hopper hugle hypatia jackson jennings jepsen johnson joliot
jones kalam keldysh keller kepler khorana kilby kirch knuth lamarr lamport leakey leavitt lederberg lichterman lewin lovelace lumiere
margulis matsumoto maxwell mayer mccarthy mcclintock mclaren mclean meitner mendel mendeleev meninsky merkle mirzakhani montalcini moore
morse moser napier nash newton nightingale nobel noether noyce panini pare pascal pasteur payne perlman pike poincare poitras
proskuriakova ptolemy raman ramanujan rhodes ride ritchie robinson roentgen rosalind rubin saha sammet sanderson satoshi shamir shannon shaw
shirley shockley snyder solomon spence stonebraker sutherland swanson swartz swirles taussig tesla tharp thompson torvalds tu
turing varahamihira vaughan villani wescoff wilbur wiles williams williamson wilson wing wozniak wright wu yalow yonath
""".split()
)


def random_name(identity: str, taken: Container[str]) -> str:
    """A name drawn by 64 hex digits; if it is taken, the next one, at last with a digit behind it."""
    number = int(identity, 16)
    for attempt in range(1_000_000):
        adjective = ADJECTIVES[number % len(ADJECTIVES)]
        surname = SURNAMES[number // len(ADJECTIVES) % len(SURNAMES)]
        name = f"{adjective}_{surname}{attempt % 10 if attempt else ''}"
        if name != "boring_wozniak" and name not in taken:
            return name
        number = number * 31 + 7
    raise RuntimeError("more containers than names")
