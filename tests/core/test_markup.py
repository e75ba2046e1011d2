import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.feeds.markup import MAX_TEXT, MAX_TITLE, clean, line, plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Wolves are back", "Wolves are back"),
        ("<p>R&amp;D</p>", "R&D"),
        ("<p>one<p>two<br>three</p>", "one\ntwo\nthree"),
        ("<p>one <b>bo</b>ld</p>\n\n<ul><li>a<li>b</ul>tail", "one bold\na\nb\ntail"),
        ("<p>seen</p><script>alert(1)</script><style>p{}</style><svg><title>x</title></svg> too", "seen\ntoo"),
        ("a < b and c > d, I <3 you", "a < b and c > d, I <3 you"),
        ("5 &lt; 6&nbsp;and&#160;7", "5 < 6 and 7"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("&lt;p&gt;escaped &lt;b&gt;twice&lt;/b&gt;&lt;/p&gt;", "escaped twice"),
        ("<o:p>word</o:p>", "word"),
        ("<![CDATA[<p>escaped</p>]]>", "escaped"),
        ("<!-- note -->text", "text"),
        ("<div>" * 3000 + "deep" + "</div>" * 3000, "deep"),
        ("<!---->", ""),
        ("x\x00\x07\ud800y", "x \ufffdy"),
        ("&#0;&#xD800;", "\ufffd\ufffd"),
    ],
)
def test_plain(html: str, text: str) -> None:
    assert plain(html) == text


def test_text_that_is_meant_as_it_is() -> None:
    assert plain("<b> &amp;\r\n\r\n x", html=False) == "<b> &amp;\nx"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("  Wolves\n are   back ", "Wolves are back"),
        ("<b>Wolves</b><br>are back", "Wolves are back"),
        ("<p>Wolves</p><p>are back</p>", "Wolves are back"),
        ("R&amp;amp;D &#8211; &quot;x&quot;", 'R&D – "x"'),
        ("&lt;em&gt;Wolves&lt;/em&gt;", "Wolves"),
        ("How to use <name> and <3", "How to use <name> and <3"),
        ("Beware of <script> tags", "Beware of tags"),
        ("<![CDATA[Wolves]]>", "Wolves"),
        ("a\r\nBcc: b\x1b[31m\u2028c", "a Bcc: b [31m c"),
    ],
)
def test_line(title: str, text: str) -> None:
    assert line(title) == text


def test_nothing_grows_without_bound() -> None:
    assert len(line("x" * 100_000)) == MAX_TITLE
    assert len(plain("x" * 3_000_000)) == MAX_TEXT


@given(st.text(alphabet="ab <>&;/!-[]CDATA#x0p\x00\ud800\n", max_size=200) | st.text())
def test_all_comes_out_as_clean_text(text: str) -> None:
    for out in (clean(text), line(text), plain(text), plain(text, html=False)):
        assert "\x00" not in out.encode().decode()
    assert "\n" not in line(text)
