"""MathML that names no TeX becomes TeX that says the same."""

from __future__ import annotations

import pytest

from pipeline import clean_html
from pipeline.config import Config

ALL = Config(cleaning=False)


def shown(markup: str, attributes: str = "") -> str:
    page = f"<main><p>It follows that <math{attributes}>{markup}</math> holds.</p></main>"
    return clean_html(page, config=ALL).text.removeprefix("It follows that").removesuffix("holds.").strip()


@pytest.mark.parametrize(
    ("markup", "tex"),
    [
        ("<msup><mi>c</mi><mn>2</mn></msup>", "c^2"),
        ("<msup><mi>c</mi><mn>12</mn></msup>", "c^{12}"),
        ("<mfrac><mn>3</mn><mi>d</mi></mfrac>", r"\frac{3}{d}"),
        (
            "<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><msqrt><mn>5</mn></msqrt></mfrac>",
            r"\frac{a+1}{\sqrt{5}}",
        ),
        ("<msub><mi>w</mi><mi>k</mi></msub><mo>=</mo><msqrt><mn>7</mn></msqrt>", r"w_k=\sqrt{7}"),
        ("<msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt>", r"\sqrt{a+b}"),
        ("<mroot><mi>q</mi><mn>4</mn></mroot>", r"\sqrt[4]{q}"),
        ("<msubsup><mi>w</mi><mn>0</mn><mi>T</mi></msubsup>", "w_0^T"),
        ("<msup><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mi>n</mi></msup>", "{a+b}^n"),
        ("<msup><mrow><mo>(</mo><mi>a</mi><mo>)</mo></mrow><mi>n</mi></msup>", "(a)^n"),
        ("<msup><mi>e</mi><mrow><mo>−</mo><msup><mi>t</mi><mn>2</mn></msup></mrow></msup>", "e^{-t^2}"),
        ("<msup><mi>g</mi><mo>′</mo></msup>", "g'"),
        (
            "<munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>0</mn></mrow><mi>m</mi></munderover><msub><mi>a</mi><mi>k</mi></msub>",
            r"\sum_{k=0}^ma_k",
        ),
        ("<munder><mi>max</mi><mi>t</mi></munder><mi>f</mi>", r"\max_tf"),
        ("<mover><mi>y</mi><mo>¯</mo></mover><mo>≠</mo><mover><mi>y</mi><mo>^</mo></mover>", r"\bar{y}\ne\hat{y}"),
        ("<munder><mi>a</mi><mo>_</mo></munder>", r"\underline{a}"),
        ("<mover><mo>=</mo><mtext>def</mtext></mover>", r"\overset{\text{def}}{=}"),
        ("<munder><munder><mi>s</mi><mo>⏟</mo></munder><mn>1</mn></munder>", r"\underbrace{s}_1"),
        ("<mfenced open='[' separators=';'><mi>a</mi><mi>b</mi></mfenced>", "[a;b)"),
        ("<mfenced><mi>a</mi><mi>b</mi><mi>c</mi></mfenced>", "(a,b,c)"),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mi>λ</mi></mtd><mtd><mn>2</mn></mtd></mtr></mtable>",
            r"\begin{matrix}1 & 0 \\ \lambda & 2\end{matrix}",
        ),
        ("<mmultiscripts><mi>U</mi><mprescripts/><mn>92</mn><mn>238</mn></mmultiscripts>", "{}_{92}^{238}U"),
        ("<mfrac linethickness='0'><mi>n</mi><mn>2</mn></mfrac>", r"{n \atop 2}"),
        ("<mi>cos</mi><mo>&ApplyFunction;</mo><mi>φ</mi>", r"\cos\varphi"),
        ("<mi>Ω</mi><mi>x</mi><mo>∈</mo><mi mathvariant='double-struck'>N</mi>", r"\Omega x\in\mathbb{N}"),
        ("<msub><mi>v</mi><mtext>top_1</mtext></msub>", r"v_{\text{top\_1}}"),
        ("<mi>rank</mi><mo>{</mo><mi>A</mi><mo>}</mo>", r"\mathrm{rank}\{A\}"),
        ("<mphantom><mn>0</mn></mphantom><mn>7</mn>", "7"),
        ("<semantics><mi>p</mi><annotation encoding='other'>what</annotation></semantics>", "p"),
        ("<mrow><mfrac><mn>1</mn></mfrac></mrow>", "1"),
    ],
)
def test_what_a_formula_says(markup: str, tex: str) -> None:
    assert shown(markup) == f"${tex}$"


def test_a_formula_by_itself() -> None:
    assert shown("<msup><mi>c</mi><mn>2</mn></msup>", " display='block'") == "$$c^2$$"


def test_the_source_goes_before_what_is_made_of_it() -> None:
    note = "<semantics><msup><mi>c</mi><mn>2</mn></msup><annotation encoding='application/x-tex'>c^{2}</annotation></semantics>"
    assert shown(note) == "$c^{2}$"


def test_mathjax_shows_its_mathml_to_programs_that_read_aloud() -> None:
    page = (
        "<main><p>Let <mjx-container class='MathJax' jax='CHTML'><mjx-math><mjx-mi>r</mjx-mi></mjx-math><mjx-assistive-mml>"
        "<math><msup><mi>r</mi><mn>2</mn></msup></math></mjx-assistive-mml></mjx-container> be given.</p></main>"
    )
    assert clean_html(page, config=ALL).text == "Let $r^2$ be given."


def test_rows_without_an_end_cost_no_more_than_they_are() -> None:
    assert "z" in shown("<msqrt>" * 200 + "<mi>z</mi>" + "</msqrt>" * 200)
