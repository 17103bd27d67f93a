"""Languages by function words and scripts."""

from __future__ import annotations

import pytest

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
        ("", None),
        ("Storm closes bridges", None),
        ("12 345 678", None),
    ],
)  # fmt: skip
def test_detect(text: str, expected: str | None) -> None:
    assert language.detect(text) == expected
