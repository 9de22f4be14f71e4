"""Tables whose peculiarity is handled, with a note in the record."""

import pandas as pd

from tests.data.cases.files import Case, text_file

CLEAN_NAMES = {"n": ["张三", "李四"]}
HANDLED = [
    Case(
        "excel_serial_date",
        text_file("d\n45292\n45293.5\n"),
        ("d:", "serial", "rows 2 and 3"),
        {"d": [pd.Timestamp(2024, 1, 1), pd.Timestamp(2024, 1, 2, 12)]},
    ),
    Case(
        "gbk",
        text_file("id,姓名\n1,张三\n2,李四\n", "gbk"),
        ("GBK",),
        {"姓名": ["张三", "李四"], "id": ["1", "2"]},
    ),
    Case("bom8", text_file("\ufeffid,x\n1,2\n2,3\n"), ("byte-order mark",), {"id": ["1", "2"]}),
    Case("utf16", text_file("id,n\n1,张三\n2,李四\n", "utf-16"), ("UTF-16",), CLEAN_NAMES),
    Case(
        "gb18030_rare_char",
        text_file("id,n\n1,𠮷野\n2,李四\n", "gb18030"),
        ("GB18030",),
        {"n": ["𠮷野", "李四"]},
    ),
    Case("semicolon_sep", text_file("id;x\n1;2\n2;3\n"), (), {"x": [2, 3]}),
    Case("tab_sep", text_file("id\tx\n1\t2\n2\t3\n", name="t.tsv"), (), {"x": [2, 3]}),
    Case("bar_sep", text_file("id|x,y\n1|2\n2|3\n"), (), {"x,y": [2, 3]}),
    Case("embedded_newline", text_file('id,n\n1,"a\nb"\n2,c\n'), (), {"n": ["a\nb", "c"]}),
    Case(
        "header_spaces_fullwidth",
        text_file("ｉｄ, x \n1,2\n2,3\n"),
        ("column names",),
        {"id": ["1", "2"], "x": [2, 3]},
    ),
    Case(
        "phone_leading_zero",
        text_file("fax\n013800138000\n02112345678\n"),
        ("fax:", "begin with 0"),
        {"fax": ["013800138000", "02112345678"]},
    ),
    Case(
        "phone",
        text_file("联系\n13800138000\n13900139000\n"),
        ("联系:", "phone"),
        {"联系": ["13800138000", "13900139000"]},
    ),
    Case(
        "id_float_after_missing",
        text_file("x,ref\n1,9007199254740993\n2,\n"),
        ("ref:", "15 digits"),
        {"ref": ["9007199254740993", None]},
    ),
    Case(
        "int64_overflow_id",
        text_file("ref\n123456789012345678901234\n12345678901234567890\n"),
        ("ref:", "15 digits"),
        {"ref": ["123456789012345678901234", "12345678901234567890"]},
    ),
    Case(
        "thousands",
        text_file('spend\n"1,234.50"\n"12"\n'),
        ("spend:", "thousands"),
        {"spend": [1234.5, 12.0]},
    ),
    Case("percent_string", text_file("rate\n12.5%\n3%\n"), ("rate:", "percent"), {"rate": [0.125, 0.03]}),
    Case(
        "currency_symbols",
        text_file("spend\n￥1200\n¥15\n20元\n"),
        ("spend:", "currency"),
        {"spend": [1200, 15, 20]},
    ),
    Case("fullwidth_digits", text_file("x\n１２３\n45\n"), ("x:", "full-width"), {"x": [123, 45]}),
    Case("only_fullwidth_digits", text_file("x\n１２３\n４５\n"), ("x:", "full-width"), {"x": [123, 45]}),
    Case("accounting_negative", text_file("x\n(100)\n200\n"), ("x:", "parentheses"), {"x": [-100, 200]}),
    Case(
        "name_NA_null",
        text_file("id,surname\n1,Null\n2,NA\n3,nan\n4,None\n"),
        ("surname:", "kept as text"),
        {"surname": ["Null", "NA", "nan", "None"]},
    ),
    Case("country_NA_Namibia", text_file("c\nNA\nZA\n"), ("c:", "NA kept as text"), {"c": ["NA", "ZA"]}),
    Case("NA_among_numbers", text_file("x\nNA\n1\n2\n"), ("x:", "NA", "missing"), {"x": [None, 1, 2]}),
    Case(
        "bool_variants",
        text_file("b\nY\nN\n是\n否\nTRUE\n0\n"),
        ("b:", "true or false"),
        {"b": [True, False, True, False, True, False]},
    ),
    Case(
        "day_first_decided_by_many",
        text_file("d\n03/04/2026\n" + "".join(f"{day}/04/2026\n" for day in range(13, 29))),
        (),
        {"d": [pd.Timestamp(2026, 4, 3), *(pd.Timestamp(2026, 4, day) for day in range(13, 29))]},
    ),
    Case(
        "unicode_nfc_nfd_keys",
        text_file("n\nJosé\nJose\u0301\n"),
        ("n:", "decomposed"),
        {"n": ["José", "José"]},
    ),
    Case(
        "trailing_space_case_email",
        text_file("mail\nA@x.com \na@x.com\na@x.com\u200b\n"),
        ("mail:", "lower case"),
        {"mail": ["a@x.com"] * 3},
    ),
    Case(
        "classes_with_a_plus",
        text_file("children\n0\n1\n2\n3+\n"),
        ("children:", "classes"),
        {"children": ["0", "1", "2", "3+"]},
    ),
]
