"""Languages by function words and scripts."""

from __future__ import annotations

import pytest

from pipeline import clean_html, clean_text
from pipeline.meta import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The harbour was closed on Friday and the ferries stayed in port until it was safe to leave for the islands.", "en"),
        ("Der Hafen war am Freitag geschlossen und die Fähren blieben bis zum Abend, weil es nicht sicher war, auf See zu gehen.", "de"),
        ("Le port était fermé vendredi et les bateaux sont restés à quai parce que la mer était trop forte pour les îles.", "fr"),
        ("El puerto estaba cerrado el viernes y los barcos se quedaron en el muelle porque no era seguro salir a la mar.", "es"),
        ("O porto estava fechado na sexta e os barcos ficaram no cais porque não era seguro sair para o mar com as ondas.", "pt"),
        ("Il porto era chiuso venerdì e le navi sono rimaste nella rada perché non era sicuro uscire con il mare mosso.", "it"),
        ("De haven was vrijdag gesloten en de boten bleven aan de kade omdat het niet veilig was om naar zee te gaan.", "nl"),
        ("Port był zamknięty w piątek i statki nie wypłynęły, ponieważ na morzu było za niebezpiecznie dla tych, którzy czekali.", "pl"),
        ("Порт был закрыт в пятницу, и суда не вышли в море, потому что волны были слишком высокими для них.", "ru"),
        ("Το λιμάνι ήταν κλειστό την Παρασκευή και τα πλοία έμειναν στο λιμάνι για να είναι ασφαλή από τη θάλασσα.", "el"),
        ("港口星期五关闭，渡轮一直停在港内，直到晚上才恢复航行。", "zh"),
        ("港は金曜日に閉鎖され、フェリーは夕方まで出航できませんでした。", "ja"),
        ("항구는 금요일에 폐쇄되었고 여객선은 저녁까지 항구에 머물렀다.", "ko"),
        ("أغلق الميناء يوم الجمعة على أن تبقى العبارات في الميناء حتى المساء لأن البحر كان هائجا من شدة الريح في هذا اليوم", "ar"),
        ("La vieille écluse fuit encore. Hier soir, l'éclusier a fermé les portes très tard.", "fr"),
        ("Ворота шлюза снова текут. Сторож ушёл вечером, и никто ничего не сказал.", "ru"),
        ("Our keeper left the gates open last night. Nine barges drifted down river, and nobody saw them until morning came.", "en"),
        ("Die Schleuse war gestern nicht dicht, und keiner kam.", "de"),
        ("Isango lavulwa ebusuku ngoba umlindi wayelele, kodwa abantu bathi akukho okwebiwe futhi manje sekuphephile kakhulu.", "zu"),
        ("", None),
        ("Storm closes bridges", None),
        ("12 345 678", None),
    ],
)  # fmt: skip
def test_detect(text: str, expected: str | None) -> None:
    assert language.detect(text) == expected


GERMAN = (
    "Die alte Schleuse ist seit Montag dicht, und der Wärter ist zufrieden. Er hat die Tore mit Pech gestrichen, das er noch von "
    "seinem Vater hatte, und nun wartet er auf den Regen, der für die Woche angesagt ist."
)


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("en", GERMAN, "de"),
        ("de", GERMAN, "de"),
        (None, GERMAN, "de"),
        ("lb", GERMAN, "lb"),  # which has no list of words here
        ("en", "港口星期五关闭，渡轮一直停在港内，直到晚上才恢复航行。", "zh"),
        ("en", "Die Schleuse war gestern nicht dicht, und keiner kam.", "en"),  # too short a text to contradict
        ("nb", "Sluseporten var åpen i natt, og det var ikke noen som så at båtene drev ned elva før de ble funnet av en fisker i dag.", "nb"),
        ("en", "Gate 4, Lock 2, Bridge 12", "en"),
    ],
)  # fmt: skip
def test_what_a_page_declares_is_believed_unless_its_text_says_otherwise(
    declared: str | None, text: str, expected: str
) -> None:
    assert language.settled(declared, text) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<html lang="en">', "de"),
        ('<meta http-equiv="Content-Language" content="utf-8">', "de"),
        ('<html lang="xx-none">', "de"),
        ('<html lang="deu">', "de"),
        ('<html lang="gsw">', "de"),
    ],
)
def test_the_language_of_a_page(head: str, expected: str) -> None:
    assert clean_html(f"{head}<body><p>{GERMAN}</p></body>").metadata.language == expected


def test_what_the_input_says_of_a_document_is_not_doubted() -> None:
    assert clean_text(f"---\ntitle: Gates\nlanguage: en\n---\n\n{GERMAN}").metadata.language == "en"
