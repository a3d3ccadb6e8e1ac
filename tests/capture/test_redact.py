"""Placeholders: which part they replace, how they are numbered, and that redaction comes to rest."""

import base64
import hashlib
import json
import random
import re
import string

import pytest
from capture.secret_corpus import B62, B64, HEX, TOKENS, draw
from hypothesis import given, settings
from hypothesis import strategies as st

from hivemind_git.capture.redact import PLACEHOLDER, Redactor, compile_patterns
from hivemind_git.capture.redaction.families import FAMILIES
from hivemind_git.errors import HivemindError

KEY = b"a local key of thirty-two bytes."


def github(seed: int) -> str:
    return TOKENS["ghp"](random.Random(seed))


def test_equal_secrets_stay_equal_and_others_differ() -> None:
    one, other = github(1), github(2)
    redactor = Redactor(KEY)
    assert redactor.text(f"{one} {other} {one}") == "<github-token:1> <github-token:2> <github-token:1>"
    assert redactor.text(f"GITHUB_TOKEN={other}") == "GITHUB_TOKEN=<github-token:2>"


def test_a_secret_keeps_its_name_wherever_it_comes_back() -> None:
    redactor = Redactor(KEY)
    assert redactor.text('password = "hunter2hunt3r"') == 'password = "<password:1>"'
    assert redactor.text("redis://ada:hunter2hunt3r@db/0") == "redis://ada:<password:1>@db/0"


def test_a_session_that_is_redacted_in_several_runs_is_numbered_through() -> None:
    first = Redactor(KEY)
    first.text(f"{github(1)} {github(2)}")
    second = Redactor(KEY, json.loads(json.dumps(first.state())))
    assert second.text(f"{github(3)} {github(2)} {github(1)}") == "<github-token:3> <github-token:2> <github-token:1>"


def test_the_state_holds_neither_secrets_nor_their_bare_hashes() -> None:
    redactor = Redactor(KEY)
    redactor.text(github(1))
    ((digest, placeholder),) = redactor.state().items()
    assert placeholder == ("github-token", 1)
    assert re.fullmatch(r"[0-9a-f]{64}", digest)
    assert digest != hashlib.sha256(github(1).encode()).hexdigest()
    assert Redactor(b"another key of thirty-two bytes!").state() == {}


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        Redactor(b"short")


def test_values_of_json_are_redacted_one_by_one() -> None:
    token = github(1)
    value = {"a": [token, 1, None, True, 2.5], token: {"b": json.dumps({"c": token})}}
    assert Redactor(KEY).value(value) == {
        "a": ["<github-token:1>", 1, None, True, 2.5],
        token: {"b": '{"c": "<github-token:1>"}'},
    }


def test_only_the_secret_part_goes() -> None:
    rng = random.Random(5)
    value, basic = draw(rng, B62, 40), "YWRhOnMzY3IzdC1wYXNz"
    redactor = Redactor(KEY)
    texts = {
        f"git clone https://ada:{value}@git.example.com/x.git": "git clone https://ada:<url-password:1>@git.example.com/x.git",
        f"https://{value[:30]}@git.example.com/x.git": "https://<url-token:1>@git.example.com/x.git",
        f"Authorization: Basic {basic}": "Authorization: Basic <basic-credentials:1>",
        f"authorization: token {value[3:]}": "authorization: token <authorization:1>",
        f'export AZURE_ACCOUNT_KEY="{value[5:]}" # new': 'export AZURE_ACCOUNT_KEY="<api-key:1>" # new',
        f"//registry.example.com/:_authToken={value[6:]}": "//registry.example.com/:_authToken=<token:1>",
    }
    assert {text: redactor.text(text) for text in texts} == texts


PLACES = {
    "curl -s -u ada:{} https://example.com": "password",
    'curl --user "ada:{}" https://example.com': "password",
    "sshpass -p {} ssh ada@example.com": "password",
    "mysql -h db -u ada -p{} app": "password",
    "machine example.com login ada password {}": "password",
    "Server=db,1433;User ID=ada;Password={};Encrypt=True": "password",
    "jdbc:mysql://db/app?user=ada&password={}": "password",
    "PGPASSWORD={} psql -h db": "password",
    '<add key="x"/><password>{}</password>': "password",
    "docker login --password={} registry.example.com": "password",
}


@pytest.mark.parametrize("place", PLACES)
def test_passwords_in_commands_and_settings(place: str) -> None:
    password = "tr0ub" + "4dor7"
    assert Redactor(KEY).text(place.format(password)) == place.format(f"<{PLACES[place]}:1>")


def test_what_is_encoded() -> None:
    pem, certificate = (
        base64.b64encode(f"-----{'BEGIN'} {kind}-----\n{'MIIEow' * 30}\n-----{'END'} {kind}-----\n".encode()).decode()
        for kind in ("EC PRIVATE KEY", "CERTIFICATE")
    )
    basic = base64.b64encode(b"ada:tr0ub4dor7").decode()
    texts = {
        f"client-key-data: {pem}": "client-key-data: <private-key:1>",
        f"certificate-authority-data: {certificate}": f"certificate-authority-data: {certificate}",
        f'{{"auths":{{"h":{{"auth":"{basic}"}}}}}}': '{"auths":{"h":{"auth":"<basic-credentials:1>"}}}',
    }
    redactor = Redactor(KEY)
    assert {text: redactor.text(text) for text in texts} == texts


def test_the_secret_beside_an_access_key() -> None:
    rng = random.Random(6)
    key, secret = TOKENS["aws access"](rng), draw(rng, B64, 40)
    assert Redactor(KEY).text(f"{key},{secret}\n") == "<aws-access-key:1>,<aws-secret-key:1>\n"
    commit = draw(rng, HEX, 40)
    assert Redactor(KEY).text(f"{key} in {commit}") == f"<aws-access-key:1> in {commit}"


def test_a_key_block_that_is_cut_off() -> None:
    rng = random.Random(7)
    lines = [draw(rng, B64, 64) for _ in range(20)]
    begin = f"-----{'BEGIN'} RSA PRIVATE KEY-----"
    for end in ("\n", "\\n", "\n+", "\\\\n"):
        text = f"cat key\n{begin}{end}{end.join(lines)}"
        assert Redactor(KEY).text(text) == "cat key\n<private-key:1>"


def test_a_text_in_which_lower_case_is_longer() -> None:
    token = draw(random.Random(8), B62, 30)
    assert Redactor(KEY).text(f"İİİ api_key = '{token}' İ") == "İİİ api_key = '<api-key:1>' İ"


def test_letters_that_are_ascii_in_another_case_are_not() -> None:
    # `İ` and the Kelvin sign match [a-z] where case is ignored, and Base64 then refuses them with an exception.
    for text in ("basic YWRhOnTİdHJvdWI0", "Authorization: Basic \u212aWRhOnRyb3Vi", "auth=\u017fWRhOnRyb3ViNA"):
        assert Redactor(KEY).text(text) == text


def test_lone_surrogates_are_redacted_too() -> None:
    assert Redactor(KEY).text(f"\ud800 {github(1)} \udfff") == "\ud800 <github-token:1> \udfff"


def test_placeholders_look_as_the_reader_of_the_store_expects() -> None:
    for family in FAMILIES:
        assert PLACEHOLDER.fullmatch(f"<{family.name}:1>")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(sorted(TOKENS)).map(lambda kind: TOKENS[kind](random.Random(kind))),
            st.sampled_from(
                ["password", "api_key", "TOKEN", "Authorization: Bearer ", "AKIA", "sk-", "eyJ", "-----BEGIN "]
            ),
            st.sampled_from(
                ["=", ": ", '"', "'", "\\", "\\n", "\n", " ", "://", ":", "@", "<", ">", ",", "--", "_", "."]
            ),
            st.sampled_from(["<token:1>", "<github-token:12>", "<no-token:0>"]),
            st.text(string.ascii_letters + string.digits + "+/=-_.$#", max_size=40),
            st.text(max_size=5),
            st.text("İıſ\u212a\u0661é\ud800AbC123+/=", max_size=24),
        ),
        max_size=12,
    ).map("".join)
)
def test_a_redacted_text_is_a_fixed_point(text: str) -> None:
    once = Redactor(KEY)
    redacted = once.text(text)
    assert once.text(redacted) == redacted
    assert Redactor(KEY).text(redacted) == redacted


def test_own_patterns_and_their_groups() -> None:
    patterns = compile_patterns([r"ACME-\d{4}", r"badge=(\w+)"], "hivemind.redact")
    redactor = Redactor(KEY, patterns=patterns)
    assert redactor.text("ACME-1234 badge=ada ACME-12") == "<custom:1> badge=<custom:2> ACME-12"


def test_own_patterns_come_to_rest_too() -> None:
    redactor = Redactor(KEY, patterns=compile_patterns([r"[a-z<>:0-9-]+", r"."], "hivemind.redact"))
    redacted = redactor.text(f"one {github(1)}\ntwo")
    assert re.sub(r"<[a-z-]+:\d+>", "", redacted) == "\n"
    assert redactor.text(redacted) == redacted


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "not a regular expression"),
        ("a*", "matches an empty text"),
        ("", "matches an empty text"),
        ("(a+)+b", "may run for ever"),
        (r"(\w|x+){3,}", "may run for ever"),
        (r"(?:[a-z]+ ?)*z", "may run for ever"),
    ],
)
def test_a_pattern_that_will_not_do_names_the_setting(pattern: str, why: str) -> None:
    with pytest.raises(HivemindError, match=why) as caught:
        compile_patterns(["fine", pattern], "hivemind.redact")
    assert "hivemind.redact" in str(caught.value)
    assert caught.value.step


HOSTILE = {
    "assignments without value": "password=" * 30_000,
    "quotes": 'token: "' * 30_000,
    "backslashes": "secret: " + "\\" * 200_000,
    "escaped quotes": 'token: \\"' * 30_000,
    "types": "key: " + "a " * 100_000 + "=",
    "long name": "api_" * 60_000 + "key=",
    "URLs": "http://a:" * 30_000,
    "at signs": "http://a:" + "b@" * 100_000,
    "begins": "-----BEGIN PRIVATE KEY-----" * 10_000,
    "half tokens": "ghp_" * 60_000 + "sk-" * 60_000,
    "one long word": "aB3" * 100_000,
    "dots": "eyJ" + "a." * 100_000,
    "tokens by the thousand": " ".join(TOKENS["ghp"](random.Random(n)) for n in range(3_000)),
    "access keys": " ".join(TOKENS["aws access"](random.Random(n)) for n in range(5_000)),
    "bearers": "bearer " * 40_000,
    "basic": "basic " + "QQ" * 100_000,
    "tokens without a gap": "".join(TOKENS["airtable"](random.Random(n)) for n in range(2_000)),
    "tokens that end each other": "".join(TOKENS["azure ad"](random.Random(n)) for n in range(2_000)),
    "values that end each other": "password=h1!" * 20_000,
    "variables that never close": "PASSWORD='" * 20_000 + " TOKEN=<" * 20_000 + " KEY_TOKEN=" * 20_000,
    "commands": "curl -u " * 20_000 + "mysql -h " * 20_000 + "machine a login b " * 10_000,
    "near words": "vault " + "s.abcdef " * 30_000,
    "placeholders": "<token:1>" * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_time_in_proportion(name: str) -> None:
    # Nothing is timed here: each of these took minutes, or for ever, where a detector was quadratic.
    redactor = Redactor(KEY)
    redacted = redactor.text(HOSTILE[name])
    assert redactor.text(redacted) == redacted


def test_a_password_in_the_attribute_behind_its_name() -> None:
    """As NuGet and .NET configure it; a reference and a stand-in are none."""
    told = '<add key="ClearTextPassword" value="yL1aCcTlN99mhW" /><add key="Password" value="%PASSWORD%" />'
    hidden = '<add key="ClearTextPassword" value="<password:1>" /><add key="Password" value="%PASSWORD%" />'
    assert Redactor(b"a local key of thirty-two bytes.").text(told) == hidden


WHOLE = {
    "PASSWORD=Tr0ub4dor&3": "PASSWORD=<password:1>",
    "export PASSWORD=Tr0ub4dor&3": "export PASSWORD=<password:1>",
    "password: Tr0ub4dor&3, user: ada": "password: <password:1>, user: ada",
    "DB_PASSWORD=p@ss;w0rd&x=1": "DB_PASSWORD=<password:1>",
    'PASSWORD="a,b;c d&e9F" # new': 'PASSWORD="<password:1>" # new',
    "password: 'Tr0ub4dor&3 x9'": "password: '<password:1>'",
    'API_KEY="aB7\\"x9Q2kD"': 'API_KEY="<api-key:1>"',
    "DB_PASSWORD=MySecretP4ss9": "DB_PASSWORD=<password:1>",
    "PASSWORD=#aB3!xY9<Z>w": "PASSWORD=<password:1>",
    "API_KEY=q7c9xyz; run": "API_KEY=<api-key:1>; run",
    "(API_KEY=q7c9xyz run) && API_TOKEN=q7c9xyy&&run": "(API_KEY=<api-key:1> run) && API_TOKEN=<token:1>&&run",
    "<p> API_KEY=q7c9xyz</p>": "<p> API_KEY=<api-key:1></p>",
    "https://example.com/cb?password=tr0ub4dor7&state=a": "https://example.com/cb?password=<password:1>&state=a",
}


@pytest.mark.parametrize("text", WHOLE)
def test_nothing_of_a_value_is_left(text: str) -> None:
    assert Redactor(KEY).text(text) == WHOLE[text]


IN_ORDER = "abcdefghijklmnopqrstuvwxyz" + "0123456789"
TYPED = {
    "github-token": "gh" + "p_" + IN_ORDER,
    "anthropic-key": "sk-" + "ant-api03-" + IN_ORDER,
    "openai-key": "sk-" + "proj-" + IN_ORDER,
    "google-key": "AI" + "zaSyA" + "1234567890" * 3 + "12",
    "huggingface-token": "h" + "f_" + IN_ORDER,
    "npm-token": "np" + "m_" + IN_ORDER,
    "slack-token": "xo" + "xb-123456789012-1234567890123-" + IN_ORDER[:24],
}


@pytest.mark.parametrize("family", TYPED)
def test_a_token_that_was_typed_in_order(family: str) -> None:
    assert Redactor(KEY).text(f"see {TYPED[family]} there") == f"see <{family}:1> there"
    assert Redactor(KEY).text("Authorization: Bearer abcdef1234567890") == "Authorization: Bearer <authorization:1>"
