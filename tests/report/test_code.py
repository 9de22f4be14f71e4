from leadline.report.code import highlight_code


def test_code_is_escaped_and_marked():
    html = highlight_code('if a < 1:  # <b>\n    x = "<i>"')
    assert '<span class="k">if</span> a &lt; <span class="n">1</span>' in html
    assert '<span class="c"># &lt;b&gt;</span>' in html
    assert '<span class="s">&#34;&lt;i&gt;&#34;</span>' in html


def test_any_text_is_taken():
    assert highlight_code("%magic ?? <").endswith("magic ?? &lt;")
