"""Whose words a quote is."""

from __future__ import annotations

import pytest

from pipeline.match.core.speaker import speaker

CASES = [
    # After the quotation.
    ("“The wall {must} be built before the winter,” Carter said on Monday.", "Carter"),
    ("“The wall {must} be built before the winter,” said Martha Ellwood, who runs the port.", "Martha Ellwood"),
    (
        "“The wall {must} be built before the winter,” Martha Ellwood, the harbour master, told reporters.",
        "Martha Ellwood",
    ),
    ('"The wall {must} be built before the winter," Dr. Ellwood added.', "Dr. Ellwood"),
    ("“The wall {must} be built,” Ellwood said, “and before the winter.”", "Ellwood"),
    ("“The wall {must} be built,” wrote Jan van der Meer in a letter.", "Jan van der Meer"),
    ("„Die Mauer {muss} vor dem Winter stehen“, sagte Ruth Sommerfeld am Montag.", "Ruth Sommerfeld"),
    ("« Le mur {doit} être fini avant l’hiver », a déclaré Claire Aubrac mercredi.", "Claire Aubrac"),
    ("«El muro {debe} estar listo antes del invierno», dijo Lucía Montalbán.", "Lucía Montalbán"),
    ("«Стена {должна} быть готова до зимы», — сказала Анна Савельева.", "Анна Савельева"),
    ("„Mur {musi} stanąć przed zimą”, powiedziała Anna Zawadzka.", "Anna Zawadzka"),
    ("“The wall {must} be built before the winter,” said the harbour master, Martha Ellwood.", "Martha Ellwood"),
    ("„Die Mauer {muss} vor dem Winter stehen“, sagte die Hafenmeisterin, Ruth Sommerfeld.", "Ruth Sommerfeld"),
    ("“The wall {must} be built before the winter,” said the council, Europe’s oldest.", None),
    ("“The wall {must} be built before the winter,” said the mayor, and Martha Ellwood agreed.", None),
    # Before it.
    ("Carter said: “The wall {must} be built before the winter.”", "Carter"),
    ("On Monday Martha Ellwood told the council that “the wall {must} be built”.", "Martha Ellwood"),
    ("Yesterday Ellwood said that “the wall {must} be built before the winter”.", "Ellwood"),
    ("Ruth Sommerfeld sagte: „Die Mauer {muss} vor dem Winter stehen.“", "Ruth Sommerfeld"),
    ("“The wall {must} be built before the winter,” S. Ellwood said.", "S. Ellwood"),
    # Nobody is named, or nothing is quoted.
    ("“The wall {must} be built before the winter,” he said.", None),
    ("“The wall {must} be built before the winter,” Mr said.", None),
    ("“The wall {must} be built before the winter,” the mayor said.", None),
    ("“The wall {must} be built before the winter.” Ferries stay in port.", None),
    ("The wall {must} be built before the winter, Carter said.", None),
    ("“Not so,” Carter said. The wall {must} be built before the winter.", None),
    ("“The wall {must} be built before the winter.” “Never,” Carter said.", None),
]


@pytest.mark.parametrize(("marked", "name"), CASES, ids=[marked[:50] for marked, _ in CASES])
def test_who_is_named(marked: str, name: str | None) -> None:
    text = "Ellwood Carter said nothing.\n" + marked.replace("{", "").replace("}", "") + "\nMary Roe said so."
    start = text.index("\n") + 1 + marked.index("{")
    assert speaker(text, start, start + marked.index("}") - marked.index("{") - 1) == name


@pytest.mark.parametrize(("more", "name"), [(0, "Carter"), (1, None)])
def test_half_of_a_passage_in_quotation_marks_is_a_quote(more: int, name: str | None) -> None:
    quoted = "“The wall must be built before the winter,”"
    text = f"{quoted} Carter said, and all the others went home with him at once."
    assert speaker(text, 0, 2 * len(quoted) + more) == name
