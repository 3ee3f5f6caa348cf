"""Tags: one spelling each, and a clear refusal of everything else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import UsageError
from flowtui.core.focus.tags import parse_tag, parse_tags


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("cuda", "cuda"),
        ("#CUDA", "cuda"),
        (" #a/b_c-d.e ", "a/b_c-d.e"),
        ("Żółw", "żółw"),
        (unicodedata.normalize("NFD", "żółw"), "żółw"),
        ("日本語", "日本語"),
        ("हिन्दी", "हिन्दी"),
        (".net", ".net"),
        ("x" * 40, "x" * 40),
        ("C++", "c++"),
        ("#C#", "c#"),
        ("@Home", "@home"),
        ("🎉", "🎉"),
        ("\U0001fae8", "\U0001fae8"),
        ("\U0001f469\u200d\U0001f52c", "\U0001f469\u200d\U0001f52c"),
        ("a²", "a²"),
        ("##a", "a"),
        ("q&a", "q&a"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_tag_is_normalised(text: str, tag: str) -> None:
    assert parse_tag(text) == tag


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        "##",
        "a b",
        "a,b",
        "x" * 41,
        "-",
        "./",
        "++",
        "a\nb",
        "a\x1b",
        "a\u202eb",
        "a[b]",
        'a"b',
    ],
)
def test_what_is_no_tag_is_refused_by_name_with_the_accepted_form(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_tag(text)
    assert "\x1b" not in refused.value.message
    assert "is not a tag" in refused.value.message
    assert "40 characters" in (refused.value.hint or "")


def test_several_tags_are_split_and_kept_once_in_their_order() -> None:
    assert parse_tags(["#cuda ml,Triton", "cuda", ""]) == ("cuda", "ml", "triton")


@given(st.text(max_size=45))
def test_a_tag_once_normalised_stays_as_it_is(text: str) -> None:
    try:
        tag = parse_tag(text)
    except UsageError:
        return
    assert parse_tag(tag) == tag
    assert 1 <= len(tag) <= 40
