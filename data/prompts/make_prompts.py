#!/usr/bin/env python3
"""Writes the prompt sets of this directory from the tables the demo model was trained on.

    python3 data/prompts/make_prompts.py         needs the standard library only; always writes the same bytes

check_prompts.py proves what is said here about the tokenizer and the model.
"""
from __future__ import annotations

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "models" / "atlas-6l-training"))

import corpus  # noqa: E402  (found by the line above)

# The tokenizer cuts none of the tables' words, so pairs differ in one token, and ranges of words are ranges of tokens.
PAIRS_OF_A_KIND_IN_DEMO = 8
INDIRECT_OBJECT_PAIRS = 64


def countries_by_continent():
    continents: dict[str, list[tuple]] = {}
    for row in corpus.FACTS:
        continents.setdefault(row[3], []).append(row)
    return continents


def neighbours(differ_in: int):
    """Each country with the next one of its continent (after the last comes the first) that has another word in the column."""
    for continent, rows in countries_by_continent().items():
        for index, row in enumerate(rows):
            others = rows[index + 1 :] + rows[:index]
            yield row, next(other for other in others if other[differ_in] != row[differ_in])


def pair(name, template, clean, corrupted, answer, foil, labels, tags):
    return {
        "id": name,
        "clean": template.format(clean),
        "corrupted": template.format(corrupted),
        "answer": f" {answer}",
        "foil": f" {foil}",
        "labels": labels,
        "tags": tags,
    }


def about_subject(name, template, clean, corrupted, answer, foil, relation, continent):
    """A pair that differs in its subject."""
    return pair(
        name, template, clean, corrupted, answer, foil,
        {"subject": {"clean": clean, "corrupted": corrupted}},
        {"relation": relation, "template": template.format("_"), "continent": continent})


def slug(*words):
    return "-".join(words).lower()


def capitals():
    """Three templates, which take turns."""
    for number, (clean, corrupted) in enumerate(neighbours(1)):
        country, capital, _, continent = clean
        other_country, other_capital, _, _ = corrupted
        yield [
            about_subject(
                slug("capital", country, other_country), "The capital of {} is",
                country, other_country, capital, other_capital, "capital", continent),
            about_subject(
                slug("country", capital, other_capital), "{} is the capital of",
                capital, other_capital, country, other_country, "country", continent),
            about_subject(
                slug("city", capital, other_capital), "{} is a city in the country of",
                capital, other_capital, country, other_country, "country", continent),
        ][number % 3]


def languages():
    """Three templates, which take turns."""
    for number, (clean, corrupted) in enumerate(neighbours(2)):
        country, capital, language, continent = clean
        other_country, other_capital, other_language, _ = corrupted
        yield [
            about_subject(
                slug("speak", country, other_country), "People in {} speak",
                country, other_country, language, other_language, "language", continent),
            about_subject(
                slug("speak", capital, other_capital), "People in {} speak",
                capital, other_capital, language, other_language, "language", continent),
            about_subject(
                slug("language", country, other_country), "The language of {} is",
                country, other_country, language, other_language, "language", continent),
        ][number % 3]


HANDOVERS = [
    "When {first} and {second} went to the {place}, {giver} gave a {thing} to",
    "After {first} and {second} left the {place}, {giver} gave a {thing} to",
    "Then {first} and {second} were at the {place} and {giver} gave a {thing} to",
    "While {first} and {second} were at the {place}, {giver} said hello to",
]


def one_token(template, field):
    """The half-open token range of a field; the BOS is position 0, and a comma is a token."""
    words = template.replace(",", " ,").split()
    position = 1 + words.index("{" + field + "}")
    return [position, position + 1]


def indirect_objects():
    """The corrupted prompt names the other person as the giver, so the indirect object changes places with the subject."""
    names = [name for man_and_woman in zip(corpus.MEN, corpus.WOMEN) for name in man_and_woman]
    for number in range(INDIRECT_OBJECT_PAIRS):
        template = HANDOVERS[number % len(HANDOVERS)]
        subject_first = number // len(HANDOVERS) % 2 == 0
        indirect_object = names[7 * number % len(names)]
        subject = names[(7 * number + 13 + number % 5) % len(names)]
        place = corpus.PLACES[number % len(corpus.PLACES)]
        thing = corpus.OBJECTS[5 * number % len(corpus.OBJECTS)]
        order = (subject, indirect_object) if subject_first else (indirect_object, subject)
        clean, corrupted = (
            template.format(first=order[0], second=order[1], giver=giver, place=place, thing=thing)
            for giver in (subject, indirect_object))
        labels = {
            "subject": one_token(template, "first" if subject_first else "second"),
            "indirect_object": one_token(template, "second" if subject_first else "first"),
            "place": {"clean": place, "corrupted": place},
            "giver": one_token(template, "giver"),
        }
        if "{thing}" in template:
            labels["object"] = {"clean": thing, "corrupted": thing}
        yield {
            "id": slug("indirect-object", indirect_object, subject, place),
            "clean": clean,
            "corrupted": corrupted,
            "answer": f" {indirect_object}",
            "foil": f" {subject}",
            "labels": labels,
            "tags": {
                "relation": "indirect_object",
                "template": template.split()[0].lower(),
                "order": "subject first" if subject_first else "indirect object first",
            },
        }


def guide():
    """The pair of the guide, as it is there: the sentences are complete, so nothing is the answer."""
    yield {
        "id": "guide",
        "clean": "Paris is the capital of France",
        "corrupted": "London is the capital of France",
        "labels": {"subject": {"clean": "Paris", "corrupted": "London"}},
        "tags": {"relation": "guide"},
    }


def demo():
    """The guide's pair, and a few of each kind, spread evenly over the set they come from."""
    yield from guide()
    for kind in (capitals, languages, indirect_objects):
        pairs = list(kind())
        last = PAIRS_OF_A_KIND_IN_DEMO - 1
        yield from (pairs[number * (len(pairs) - 1) // last] for number in range(PAIRS_OF_A_KIND_IN_DEMO))


SETS = {
    "guide.jsonl": guide,
    "capitals.jsonl": capitals,
    "languages.jsonl": languages,
    "indirect-objects.jsonl": indirect_objects,
    "demo.jsonl": demo,
}


def text(name: str) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in SETS[name]())


def main() -> None:
    for name in SETS:
        (HERE / name).write_bytes(text(name).encode("utf-8"))


if __name__ == "__main__":
    main()
