"""A run without the kernels gives the bytes of one with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline import doctor, native
from tests.conftest import ROOT, SEEDS, outputs, pipeline

SCRIPTS = """\
Η παραλία ΤΗΣ ΠΌΛΗΣ

Το πλοίο φεύγει από το μικρό λιμάνι στις εννέα και επιστρέφει πριν από την απογευματινή παλίρροια, λέει το πλήρωμα.
Паром уходит из маленькой гавани в девять часов и возвращается до вечернего прилива, говорит команда.
渡轮于九点离开小港口，并在晚潮之前返回，船员说。渡轮于九点离开小港口，并在晚潮之前返回。
เรือข้ามฟากออกจากท่าเรือเล็กเวลาเก้าโมงและกลับมาก่อนน้ำขึ้นตอนเย็น ลูกเรือกล่าว
फेरी नौ बजे छोटे बंदरगाह से निकलती है और शाम के ज्वार से पहले वापस आती है, चालक दल कहता है।
İstanbul’da vapur saat 9.30’da kalkar: “Akşamdan önce döneriz,” dedi kaptan Işık ÇELİK. ½ saat, 1 234,50 €.
"""


def test_without_the_kernels(tmp_path: Path) -> None:
    given = tmp_path / "in"
    shutil.copytree(SEEDS, given / "seeds")
    shutil.copytree(ROOT / "docs", given / "docs", ignore=shutil.ignore_patterns("*.webp", "*.png", "*.svg"))
    for name in ("a.txt", "b.txt"):
        (given / name).write_text(SCRIPTS, encoding="utf-8")
    page = "".join(f"<p>{line}</p>" for line in SCRIPTS.splitlines())
    (given / "c.html").write_text(f"<html><body><article>{page}</article></body></html>", encoding="utf-8")
    made: list[dict[str, bytes]] = []
    for number, environment in enumerate(({}, {"PIPELINE_NATIVE": "0"})):
        done = pipeline("clean", given, tmp_path / f"out{number}", env=environment)
        assert done.returncode == 0, done.stderr.decode()
        made.append(outputs(tmp_path / f"out{number}"))
    assert made[0] == made[1]


def test_kernels_of_another_version_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert native._loaded() is native.kernels
    monkeypatch.setattr(native.kernels, "VERSION", native.VERSION + 1)
    assert native._loaded() is None


def test_the_doctor_says_whether_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor._kernels() == doctor.Finding("compiled kernels", "there")
    monkeypatch.setattr(native, "kernels", None)
    assert "no C compiler" in doctor._kernels().state
    monkeypatch.setenv("PIPELINE_NATIVE", "0")
    assert "PIPELINE_NATIVE=0" in doctor._kernels().state
