"""Addresses taken apart and mended: parts by the RFC's own ABNF, limits by arithmetic, servers by their recordings."""

from __future__ import annotations

import csv
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smtplesson.guide import display
from smtplesson.guide.anatomy import Anatomy, Part, dissect
from smtplesson.guide.repairs import Repair, repairs
from smtplesson.protocol.grammar import Fault, diagnose, parse_mailbox, parse_rcpt
from smtplesson.server.profiles import PROFILES
from smtplesson.server.worlds import ask_servers
from tests.paths import DATA
from tests.protocol.test_grammar import INVALID, VALID, nodes, oracle, parse_tree

RECORDINGS = DATA / "recordings.csv"
LABEL = "d" * 63
#: Characters that addresses, right and wrong, are made of.
MANGLED = st.text(alphabet='ab1.@@"\\<>[]() ,;:_-ö\u200b\uff20\x01', max_size=14)
MANGLED |= st.sampled_from([address for address, *_ in INVALID])


def outline(anatomy: Anatomy) -> list[str]:
    return [f"{'  ' * depth}{part.name}: {part.text}" for depth, part in anatomy.walk()]


def texts(anatomy: Anatomy, production: str, name: str) -> list[str]:
    return [part.text for _, part in anatomy.walk() if (part.production, part.name) == (production, name)]


# --- parts -------------------------------------------------------------------------------------------------


def test_a_dot_string_and_a_domain() -> None:
    assert outline(dissect("o'brien.x@foo.com")) == [
        "local part: o'brien.x",
        "  atom: o'brien",
        "  dot: .",
        "  atom: x",
        "at sign: @",
        "domain: foo.com",
        "  label: foo",
        "  dot: .",
        "  label: com",
    ]


def test_a_quoted_string_and_a_literal() -> None:
    assert outline(dissect(r'"a\"b@c"@[IPv6:2001:db8::1]')) == [
        r'local part: "a\"b@c"',
        '  opening quote: "',
        "  quoted text: a",
        r"  quoted pair: \"",
        "  quoted text: b@c",
        '  closing quote: "',
        "at sign: @",
        "address literal: [IPv6:2001:db8::1]",
        "  bracket: [",
        "  IPv6 address: IPv6:2001:db8::1",
        "  bracket: ]",
    ]


@pytest.mark.parametrize("address", VALID)
def test_the_parts_of_a_valid_address_are_those_of_the_rfcs_abnf(address: str) -> None:
    anatomy, tree = dissect(address), parse_tree("Mailbox", address)
    assert tree is not None
    for production, name in (
        ("Atom", "atom"),
        ("sub-domain", "label"),
        ("quoted-pairSMTP", "quoted pair"),
        ("Domain", "domain"),
        ("address-literal", "address literal"),
    ):
        assert texts(anatomy, production, name) == [node.value for node in nodes(tree, production)]
    assert "".join(texts(anatomy, "qtextSMTP", "quoted text")) == "".join(n.value for n in nodes(tree, "qtextSMTP"))
    assert anatomy.fault is None
    assert all(part.production and part.section for _, part in anatomy.walk())
    for kind in ("IPv4-address-literal", "IPv6-address-literal", "General-address-literal"):
        for _, part in anatomy.walk():
            if part.production == kind:
                assert oracle(kind, part.text)


@pytest.mark.parametrize(("address", "fault", "carets"), INVALID)
def test_the_fault_lies_in_the_parts_under_the_caret(address: str, fault: Fault, carets: str) -> None:
    anatomy = dissect(address)
    assert anatomy.fault is not None
    assert anatomy.fault.fault is fault
    start, end = carets.index("^"), len(carets)
    under = [part for part in anatomy.leaves() if any(start <= at < end for at in range(part.start, part.end))]
    assert [part for part in anatomy.leaves() if anatomy.is_wrong(part)] == under


def test_a_name_and_brackets_are_parts_but_of_no_mailbox() -> None:
    parts = dissect("Jo Nes <jones@foo.com>").parts
    assert [(part.name, part.text) for part in parts] == [
        ("display name", "Jo Nes "),
        ("bracket", "<"),
        ("local part", "jones"),
        ("at sign", "@"),
        ("domain", "foo.com"),
        ("bracket", ">"),
    ]
    assert [part.text for part in dissect("J<jones@foo.com>").parts][:2] == ["J", "<"]


@given(MANGLED)
@settings(max_examples=400)
def test_the_leaves_are_the_address_whatever_it_is(address: str) -> None:
    anatomy = dissect(address)
    assert "".join(part.text for part in anatomy.leaves()) == address
    at = 0
    for part in anatomy.leaves():
        assert (part.start, part.end) == (at, at + len(part.text))
        assert part.text
        at = part.end
    for _, part in anatomy.walk():
        assert address[part.start : part.end] == part.text
        assert not part.parts or "".join(p.text for p in part.parts) == part.text
    fits = not any(limit.excess for limit in anatomy.lengths)
    assert (anatomy.fault is None) == (fits and oracle("Mailbox", address))
    assert address in str(anatomy) or not address.isprintable()


def test_text_that_steers_a_terminal_is_made_visible() -> None:
    assert "\x1b" not in str(dissect("a\x1b[2J@b\u202ec"))


# --- limits ------------------------------------------------------------------------------------------------


def lengths(address: str) -> dict[str, tuple[int, int]]:
    return {length.name: (length.length, length.most) for length in dissect(address).lengths}


def test_lengths_are_counted_in_octets_beside_their_limits() -> None:
    """RFC 5321 sections 4.5.3.1.1 to 4.5.3.1.3, RFC 1035 section 2.3.4; an ö has two octets, the brackets one each."""
    assert lengths("jön@foo.example") == {
        "local part": (4, 64),
        "longest label": (7, 63),
        "domain": (11, 255),
        "path, with < and >": (18, 256),
    }
    assert lengths("jones@[192.0.2.1]")["longest label"] == (0, 63)
    assert lengths("") == {
        "local part": (0, 64),
        "longest label": (0, 63),
        "domain": (0, 255),
        "path, with < and >": (2, 256),
    }


@pytest.mark.parametrize(
    ("address", "over"),
    [
        ("l" * 64 + "@foo.com", {}),
        ("l" * 65 + "@foo.com", {"local part": 1}),
        (f"j@{LABEL}.com", {}),
        (f"j@{LABEL}dd.com", {"longest label": 2}),
        (f"j@{'.'.join([LABEL] * 3)}.{'d' * 60}", {}),  # 2 + 191 + 1 + 60 = 254, and the brackets
        (f"j@{'.'.join([LABEL] * 3)}.{'d' * 61}", {"path, with < and >": 1}),
        (f"j@{'.'.join([LABEL] * 3)}.{'d' * 62}.d", {"domain": 1, "path, with < and >": 4}),  # 191+1+62+2 = 256
    ],
)
def test_what_is_too_long_says_by_how_much(address: str, over: dict[str, int]) -> None:
    anatomy = dissect(address)
    assert {limit.name: limit.excess for limit in anatomy.lengths if limit.excess} == over
    assert [length.verdict for length in anatomy.lengths] == [
        f"too long by {over[limit.name]}" if limit.name in over else "fits" for limit in anatomy.lengths
    ]
    assert (anatomy.fault is None) == (not over)
    assert repairs(address) == ()  # to cut a name is to write to somebody else


def test_a_path_may_be_too_long_where_no_part_is() -> None:
    address = f"j@{'.'.join([LABEL] * 3)}.{'d' * 61}"
    assert diagnose(address) is None
    fault = dissect(address).fault
    assert fault is not None
    assert (fault.fault, fault.section, fault.span) == (Fault.PATH_TOO_LONG, "RFC 5321 section 4.5.3.1.3", (0, 255))


def test_the_verdict_says_what_is_wrong_where_and_by_which_rule() -> None:
    for said in ("Two dots stand side by side in the domain", "character 11", "Domain: RFC 5321 section 4.1.2"):
        assert said in dissect("jones@foo..com").verdict
    assert dissect("jones@foo.com").verdict.startswith("Well formed")


# --- repairs -----------------------------------------------------------------------------------------------

#: Typed -> what is offered; "?" before those that may be somebody else, or of which something is to be checked.
REPAIRS = [
    ("jo..nes@foo.com", ['"jo..nes"@foo.com', "?jo.nes@foo.com"]),
    (".jones@foo.com", ['".jones"@foo.com', "?jones@foo.com"]),
    ("jones@foo..com", ["?jones@foo.com"]),  # is a label missing?
    ("jones@foo.com.", ["jones@foo.com"]),
    ("<jones@foo.com>", ["jones@foo.com"]),
    ("<jones@foo.com", ["jones@foo.com"]),
    ("RCPT TO:<jones@foo.com>", ["jones@foo.com"]),
    ("mailto:jones@foo.com?subject=x", ["jones@foo.com"]),
    ('"Jo Nes" <jones@foo.com>', ["jones@foo.com"]),
    ("Jo <jones@foo..com>", ["?jones@foo.com"]),
    (" jones@foo.com ", ["jones@foo.com"]),
    ("jones @foo.com", ["jones@foo.com", '"jones "@foo.com']),
    ("jo nes@foo.com", ['"jo nes"@foo.com', "?jones@foo.com"]),
    ("jones(work)@foo.com", ["jones@foo.com", '"jones(work)"@foo.com', "?joneswork@foo.com"]),
    ('"jones@foo.com', ['"jones"@foo.com', "jones@foo.com"]),
    ('"john smith@foo.com', ['"john smith"@foo.com', "?johnsmith@foo.com"]),
    ("jones at foo.com", ["jones@foo.com"]),
    ("jones[at]foo[dot]com", ["jones@foo.com"]),
    ("jones@@foo.com", ["jones@foo.com"]),
    ("jones@foo@bar.com", ['"jones@foo"@bar.com', "?jones@foo"]),
    ("a@x.com, b@y.com", ["?a@x.com", "?b@y.com"]),
    ("@relay.example:jones@foo.com", ["jones@foo.com"]),  # section 4.1.2: routes SHOULD be ignored
    ("jones@foo_bar.com", ["?jones@foo-bar.com", "?jones@foobar.com"]),
    ("jones@-foo.com", ["?jones@foo.com"]),
    ("jones@foo.com:25", ["jones@foo.com"]),
    ("jones@foo,com", ["?jones@foo.com", "?jones@foocom"]),
    ("jones@foo bar.com", ["?jones@foo-bar.com", "?jones@foobar.com"]),
    ("jones@exämple.com", ["jones@xn--exmple-cua.com"]),  # the form that the recordings use
    ("jones@foo.com\u200b", ["jones@foo.com"]),
    ("\u201cjohn smith\u201d@foo.com", ['?"john smith"@foo.com']),
    ("jones@[::1]", ["jones@[IPv6:::1]"]),
    ("jones@[192.0.2.1", ["jones@[192.0.2.1]"]),
    ("jones@[foo.com]", ["?jones@foo.com"]),
]
#: What only a person can know.
BEYOND_REPAIR = ["", "jones", "@foo.com", "jones@", "jön@foo.com", "jones@straße.example", "jones@[127.1]", "<>"]


@pytest.mark.parametrize(("typed", "expected"), REPAIRS)
def test_what_is_offered(typed: str, expected: list[str]) -> None:
    assert [("?" if repair.caution else "") + repair.address for repair in repairs(typed)] == expected


@pytest.mark.parametrize("typed", BEYOND_REPAIR)
def test_nobody_is_guessed_at(typed: str) -> None:
    assert dissect(typed).fault is not None
    assert repairs(typed) == ()


@pytest.mark.parametrize("address", VALID)
def test_what_is_valid_is_left_alone(address: str) -> None:
    assert repairs(address) == ()


@given(MANGLED)
@settings(max_examples=300)
def test_every_repair_is_valid_by_the_rfcs_abnf(address: str) -> None:
    found = repairs(address)
    assert len(found) <= 3
    assert len({repair.address for repair in found}) == len(found)
    for repair in found:
        assert repair.address != address
        assert oracle("Mailbox", repair.address)
        parse_rcpt(f"TO:<{repair.address}>")
        assert repair.action[0].isupper()
        assert repair.address in str(repair)
        assert repair.caution in str(repair)
    assert not found or dissect(address).fault is not None


@pytest.mark.parametrize("local", ["a..b", ".a", "a b", "a,b", "a(b", 'a"b', "a@b", "a:b"])
def test_quotes_keep_the_very_mailbox_that_was_typed(local: str) -> None:
    """Section 4.1.2: quoted forms are equivalent to what they quote."""
    (quoted,) = (r for r in repairs(f"{local}@foo.com") if r.action == "Put the local part in quotes")
    assert parse_mailbox(quoted.address).key == (local, "foo.com")
    assert quoted.caution == ""


def test_several_faults_are_mended_together_and_all_cautions_kept() -> None:
    repair = repairs("jo..nes@foo..com")[1]
    assert repair.address == "jo.nes@foo.com"
    assert "another mailbox" in repair.caution
    assert "label" in repair.caution


def test_each_of_four_faults_is_mended_and_told() -> None:
    first = repairs("<j..n@-foo..com")[0]
    assert first.address == '"j..n"@foo.com'
    assert [word for word in ("brackets", "quotes", "hyphen", "one dot") if word not in first.action] == []


def test_a_repair_reads_as_a_sentence() -> None:
    assert str(Repair("a@b", "Remove the dot", "Check.")) == "Remove the dot: a@b (Check.)"
    assert str(Repair("a@b", "Remove the dot")) == "Remove the dot: a@b"


# --- servers -----------------------------------------------------------------------------------------------

#: Profile -> the set-up of the recordings that it imitates.
RECORDED = {
    "postfix": "postfix",
    "exim": "exim",
    "opensmtpd": "opensmtpd74",
    "sendmail": "sendmail818-plain",
    "courier": "courier",
    "haraka": "haraka",
}


#: What they say of a mailbox that they do not have: their spelling lets it pass.
NO_SUCH = re.compile(r"unknown|unrouteable|no such user", re.IGNORECASE)


def recorded(server: str, line: str) -> int:
    """The code of the recording, 250 where the mailbox alone was the matter."""
    with RECORDINGS.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
        rows = [r for r in csv.DictReader(file) if r["server"] == server and r["sent"] == line + "\\r\\n"]
    row = next(row for row in rows if row["role"] == "probe")
    return 250 if NO_SUCH.search(row["text"]) else int(row["code"])


@pytest.mark.parametrize(("profile", "server"), RECORDED.items())
@pytest.mark.parametrize(
    ("verb", "address"),
    [
        ("MAIL FROM", "sender@example..com"),
        ("RCPT TO", "alice@example..com"),
        ("RCPT TO", "alice@example.com"),
        ("RCPT TO", "al,ice@example.com"),
        ("RCPT TO", "a..b@example.com"),
        ("MAIL FROM", "a..b@example.org"),
    ],
)
def test_the_servers_say_of_the_spelling_what_was_recorded(profile: str, server: str, verb: str, address: str) -> None:
    (said,) = (v for v in ask_servers(address) if v.server == profile)
    reply = said.mail if verb == "MAIL FROM" else said.rcpt
    assert reply.code == recorded(server, f"{verb}:<{address}>")


@pytest.mark.parametrize("address", ["john.doe@foo.com", "carol@example.com", "nobody@bar.example", "x+y@a.b.test"])
def test_what_is_spelt_plainly_is_accepted_by_all_wherever_it_is(address: str) -> None:
    assert {code for said in ask_servers(address) for code in (said.mail.code, said.rcpt.code)} == {250}


def test_all_eight_are_asked_in_their_order() -> None:
    assert [v.server for v in ask_servers("alice@example.com")] == list(PROFILES)
    assert len(PROFILES) == 8


@pytest.mark.parametrize("address", ["a\r\nDATA", "a\nb@foo.com", "\r", "\ud800@foo.com"])
def test_a_line_break_is_never_sent(address: str) -> None:
    assert ask_servers(address) == ()


def test_each_is_asked_anew() -> None:
    first = ask_servers("nobody@example.com")
    for _ in range(30):  # a session would have counted these and hung up
        assert ask_servers("nobody@example.com") == first


def test_the_caption_of_the_parts_says_whether_they_are_all() -> None:
    """One part for each label, and a hundred are listed."""
    assert "The parts, one by one" in str(display.parts(dissect("jones@foo.com")))
    assert "The first 100 parts, one by one" in str(display.parts(dissect("jones@" + ".".join(["a"] * 120))))


def test_a_part_knows_its_octets_and_section() -> None:
    part = Part("local part", "Dot-string", "jön", 0)
    assert (part.octets, part.end, part.section) == (4, 3, "RFC 5321 section 4.1.2")
    assert Part("IPv4 address", "IPv4-address-literal", "192.0.2.1", 1).section == "RFC 5321 section 4.1.3"
    assert Part("not allowed here", "", " ", 1).section == ""
