"""Secrets that nobody ever issued, planted where secrets are found.

Tokens are put together here from pieces, drawn by a seeded generator after what their issuers document, so that no file
of this repository holds anything that a host's scanner would take for a leak.
"""

from __future__ import annotations

import base64
import json
import random
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from hivemind_git.capture.redact import PLACEHOLDER

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
B62 = LOWER + UPPER + DIGITS
B36 = LOWER + DIGITS
CAPS = UPPER + DIGITS
HEX = DIGITS + "abcdef"
URL = B62 + "_-"
B64 = B62 + "+/"
B32 = UPPER + "234567"
SYMBOLS = B62 + "!#$%&*+,-./:;=?@^_~|"


def draw(rng: random.Random, alphabet: str, length: int) -> str:
    """A random word that ends in a letter or digit and, if long, has both as its alphabet has."""
    mixed = length >= 12 and not (alphabet.isalpha() or alphabet.isdigit())
    while True:
        word = "".join(rng.choice(alphabet) for _ in range(length))
        if word[-1].isalnum() and not (mixed and (word.isalpha() or word.isdigit())):
            return word


def _of(*pieces: str | tuple[str, int]) -> Callable[[random.Random], str]:
    return lambda rng: "".join(p if isinstance(p, str) else draw(rng, *p) for p in pieces)


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def _jwt(rng: random.Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"sub": draw(rng, B36, 12), "iat": rng.randrange(10**9)}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{draw(rng, URL, 43)}"


def _pem(kind: str) -> Callable[[random.Random], str]:
    def make(rng: random.Random) -> str:
        lines = [draw(rng, B64, 64) for _ in range(12)]
        return "\n".join(
            [f"-----{'BEGIN'} {kind}-----", *lines, draw(rng, B64, 30) + "==", f"-----{'END'} {kind}-----"]
        )

    return make


def _teams(rng: random.Random) -> str:
    place = f"{_uuid(rng)}@{_uuid(rng)}/IncomingWebhook/{draw(rng, HEX, 32)}/{_uuid(rng)}"
    return f"https://a.webhook.{'office'}.com/webhookb2/{place}"


TOKENS: dict[str, Callable[[random.Random], str]] = {
    **{f"gh{kind}": _of(f"gh{kind}", "_", (B62, 36)) for kind in "pousr"},
    "github fine-grained": _of("github", "_pat_", (B62, 22), "_", (B62, 59)),
    **{
        f"gl{kind}": _of("gl", kind, "-", (URL, 20))
        for kind in ("pat", "cbt", "dt", "ffct", "ft", "imt", "agent", "oas", "ptt", "rt", "soat", "wt")
    },
    "gitlab routable": _of("glp", "at-", (URL, 27), ".01.", (B36, 9)),
    "gitlab runner": _of("GR13", "48941", (URL, 20)),
    "gitlab session": _of("_gitlab_", "session=", (B36, 32)),
    "atlassian": _of("ATAT", "T3", (URL, 186)),
    "bitbucket": _of("AT", "BB", (B62, 32)),
    "sourcegraph": _of("sg", "p_", (HEX, 16), "_", (HEX, 40)),
    "buildkite": _of("bku", "a_", (HEX, 40)),
    "circleci": _of("CCI", "PAT_", (B62, 22), "_", (HEX, 40)),
    "linear": _of("lin_", "api_", (B62, 40)),
    "npm": _of("np", "m_", (B62, 36)),
    "pypi": _of("py", "pi-AgEIcHlwaS5vcmc", (URL, 150)),
    "rubygems": _of("ruby", "gems_", (HEX, 48)),
    "clojars": _of("CLO", "JARS_", (B36, 60)),
    "nuget": _of("oy", "2", (B36, 43)),
    "docker": _of("dckr", "_pat_", (URL, 27)),
    "artifactory": _of("AK", "Cp", (B62, 69)),
    "artifactory reference": _of("cm", "Vmd", (B62, 59)),
    "readme": _of("rd", "me_", (B36, 70)),
    "postman": _of("PM", "AK-", (HEX, 24), "-", (HEX, 34)),
    "anthropic": _of("sk-", "ant-api03-", (URL, 93), "AA"),
    "anthropic admin": _of("sk-", "ant-admin01-", (URL, 93), "AA"),
    "openai project": _of("sk-", "proj-", (URL, 74), "T3Blbk", "FJ", (URL, 74)),
    "openai service": _of("sk-", "svcacct-", (URL, 58), "T3Blbk", "FJ", (URL, 58)),
    "openai": _of("sk-", (B62, 20), "T3Blbk", "FJ", (B62, 20)),
    "openrouter": _of("sk-", "or-v1-", (HEX, 64)),
    "deepseek": _of("sk-", (HEX, 32)),
    "google api": _of("AI", "za", (URL, 35)),
    "google oauth": _of("ya", "29.", (URL, 120)),
    "google client": _of("GOC", "SPX-", (URL, 28)),
    "hugging face": _of("h", "f_", (B62, 34)),
    "groq": _of("gs", "k_", (B62, 52)),
    "xai": _of("xa", "i-", (B62, 80)),
    "perplexity": _of("pp", "lx-", (B62, 48)),
    "nvidia": _of("nv", "api-", (URL, 64)),
    "replicate": _of("r", "8_", (B62, 37)),
    "pinecone": _of("pc", "sk_", (B62, 6), "_", (B62, 56)),
    "langsmith": _of("lsv", "2_pt_", (HEX, 32), "_", (HEX, 10)),
    "tavily": _of("tv", "ly-dev-", (B62, 32)),
    "aws access": _of("AK", "IA", (B32, 16)),
    "aws session": _of("AS", "IA", (B32, 16)),
    "aws bedrock": _of("AB", "SK", (B64, 128)),
    "azure ad": _of((B62, 3), "8", "Q~", (URL, 34)),
    "alibaba": _of("LT", "AI", (B62, 20)),
    **{f"digitalocean {kind}": _of("d", kind, "_v1_", (HEX, 64)) for kind in ("oo", "op", "or")},
    "cloudflare": _of("v1", ".0-", (HEX, 24), "-", (HEX, 146)),
    "heroku": _of("HR", "KU-AA", (URL, 58)),
    "fly": _of("fo", "1_", (URL, 43)),
    "fly macaroon": _of("fm", "2_", (B64, 140)),
    "scalingo": _of("tk", "-us-", (URL, 48)),
    "pulumi": _of("pu", "l-", (HEX, 40)),
    "prefect": _of("pn", "u_", (B62, 36)),
    "terraform": _of((B62, 14), ".atlas", "v1.", (URL, 64)),
    "vault": _of("hv", "s.", (URL, 95)),
    "vault batch": _of("hv", "b.", (URL, 140)),
    "doppler": _of("d", "p.pt.", (B62, 43)),
    "openshift": _of("sha", "256~", (URL, 43)),
    "age": _of("AGE-", "SECRET-KEY-1", (CAPS, 58)),
    "onepassword": _of("A", "3-", (CAPS, 6), "-", (CAPS, 6), "-", *[(CAPS, 5), "-"] * 3, (CAPS, 5)),
    "onepassword service": _of("op", "s_eyJ", (B62, 300)),
    "tailscale": _of("tsk", "ey-auth-", (B62, 17), "-", (B62, 32)),
    "octopus": _of("A", "PI-", (CAPS, 26)),
    "yandex": _of("AQ", "VN", (URL, 36)),
    "yandex iam": _of("t1", ".", (URL, 40), ".", (URL, 86)),
    "apify": _of("apify_", "api_", (B62, 36)),
    "authress": _of("auth", "ress_", (B36, 12), ".", (B36, 4), ".acc_", (B36, 16), ".", (B62, 60)),
    "defined networking": _of("dn", "key-", (B62, 26), "-", (B62, 52)),
    "discord webhook": _of("https://discord.com/api/", "webhooks/", (DIGITS, 18), "/", (URL, 68)),
    "dropbox": _of("s", "l.", (URL, 138)),
    "elevenlabs": _of("sk", "_", (HEX, 48)),
    "firecrawl": _of("fc", "-", (HEX, 32)),
    "fireworks": _of("fw", "_", (B62, 24)),
    "gocardless": _of("gocardless live", "_", (B62, 40)),
    "jina": _of("ji", "na_", (B62, 56)),
    "lob": _of("lob live", "_", (HEX, 35)),
    "mailgun": _of("mailgun ke", "y-", (HEX, 32)),
    "mapbox": _of("sk", ".eyJ", (URL, 60), ".", (URL, 22)),
    "neon": _of("na", "pi_", (B36, 64)),
    "netlify": _of("nf", "p_", (B62, 40)),
    "okta": _of("okta 0", "0", (B62, 40)),
    "posthog": _of("ph", "x_", (B62, 43)),
    "render": _of("rn", "d_", (B62, 28)),
    "resend": _of("re", "_", (B62, 8), "_", (B62, 24)),
    "teams webhook": _teams,
    "beamer": _of("beamer b", "_", (B36, 44)),
    "clojars capitals": _of("CLO", "JARS_", (CAPS, 60)),
    "dropbox long-lived": _of("dropbox ", (B36, 11), "A" * 10, (B36, 43)),
    "facebook app": _of("facebook ", (DIGITS, 16), "|", (B62, 27)),
    "flutterwave capitals": _of("FLW", "SECK_TEST-", (DIGITS + "ABCDEFGH", 32), "-X"),
    "harness letters": _of("sa", "t.", (URL, 22), ".", (B62, 24), ".", (B62, 20)),
    "jwt unsigned": _of("ey", "J", (B62, 30), ".eyJ", (URL, 60), "."),
    "jwt with blanks": _of("ey", "A", (B62, 30), ".eyA", (URL, 60), ".", (URL, 43)),
    "jwt twice encoded": _of("ZX", "lKaGJHY2lPaU", (B64, 60)),
    "mapbox letters": _of("mapbox p", "k.", (B36, 60), ".", (B36, 22)),
    "new relic small": _of("NR", "AK-", (B36, 27)),
    "postman capitals": _of("PM", "AK-", (DIGITS + "ABCDEF", 24), "-", (DIGITS + "ABCDEF", 34)),
    "dynatrace small": _of("dt", "0c01.", (B36, 24), ".", (B36, 64)),
    "sumologic": _of("sumologic s", "u", (B62, 12)),
    "telegram, any": _of("telegram ", (DIGITS, 10), ":A", "B", (URL, 33)),
    "twilio capitals": _of("S", "K", (DIGITS + "ABCDEF", 32)),
    "twitter": _of("A" * 22, (B62, 84)),
    "airtable": _of("pa", "t", (B62, 14), ".", (HEX, 64)),
    "databricks": _of("da", "pi", (HEX, 32)),
    "supabase": _of("sb_", "secret_", (URL, 31)),
    "supabase access": _of("sb", "p_", (HEX, 40)),
    "planetscale": _of("pscale", "_tkn_", (URL, 43)),
    "planetscale password": _of("pscale", "_pw_", (URL, 43)),
    "clickhouse": _of("4b", "1d", (B62, 38)),
    "contentful": _of("CF", "PAT-", (URL, 43)),
    "notion": _of("nt", "n_", (DIGITS, 11), (B62, 35)),
    "figma": _of("fi", "gd_", (URL, 43)),
    "maxmind": _of((B62, 6), "_", (B62, 29), "_m", "mk"),
    "infracost": _of("ic", "o-", (B62, 32)),
    "harness": _of("pa", "t.", (URL, 22), ".", (HEX, 24), ".", (B62, 20)),
    "grafana cloud": _of("gl", "c_", (B64, 120)),
    "grafana service": _of("gl", "sa_", (B62, 32), "_", (HEX, 8)),
    "grafana": _of("eyJ", "rIjoi", (B62, 80)),
    "dynatrace": _of("dt", "0c01.", (B32, 24), ".", (B32, 64)),
    "sentry": _of("sn", "trys_eyJpYXQiO", (B62, 120), "=_", (B64, 43)),
    "sentry user": _of("sn", "tryu_", (HEX, 64)),
    "newrelic": _of("NR", "AK-", (CAPS, 27)),
    "slack bot": _of("xo", "xb-", (DIGITS, 11), "-", (DIGITS, 12), "-", (B62, 24)),
    "slack user": _of("xo", "xp-", (DIGITS, 11), "-", (DIGITS, 11), "-", (DIGITS, 12), "-", (HEX, 32)),
    "slack legacy": _of("xo", "xs-", (DIGITS, 11), "-", (DIGITS, 11), "-", (DIGITS, 11), "-", (HEX, 10)),
    "slack app": _of("xa", "pp-1-", (CAPS, 11), "-", (DIGITS, 13), "-", (HEX, 64)),
    "slack refresh": _of("xo", "xe-1-", (CAPS, 146)),
    "slack webhook": _of("hooks.sl", "ack.com/services/T", (CAPS, 8), "/B", (CAPS, 8), "/", (B62, 24)),
    "telegram": _of((DIGITS, 10), ":A", "A", (URL, 33)),
    "stripe": _of("sk", "_live_", (B62, 24)),
    "stripe restricted": _of("rk", "_test_", (B62, 99)),
    "stripe webhook": _of("wh", "sec_", (B62, 32)),
    "square": _of("sq0", "atp-", (URL, 22)),
    "square access": _of("EA", "AA", (URL, 60)),
    "twilio": _of("S", "K", (HEX, 32)),
    "sendgrid": _of("S", "G.", (URL, 22), ".", (URL, 43)),
    "sendinblue": _of("xkey", "sib-", (HEX, 64), "-", (B62, 16)),
    "mailchimp": _of((HEX, 32), "-u", "s12"),
    "facebook": _of("EA", "AC", (B62, 160)),
    **{f"shopify {kind}": _of("sh", kind, "_", (HEX, 32)) for kind in ("pat", "pca", "ppa", "pss")},
    "shippo": _of("ship", "po_live_", (HEX, 40)),
    "easypost": _of("EZ", "AK", (B62, 54)),
    "duffel": _of("duf", "fel_test_", (URL, 43)),
    "flutterwave": _of("FLW", "SECK_TEST-", (HEX, 32), "-X"),
    "frameio": _of("fi", "o-u-", (URL, 64)),
    "settlemint": _of("sm", "_pat_", (B62, 16)),
    "typeform": _of("tf", "p_", (URL, 59)),
    "adobe": _of("p8", "e-", (B36, 32)),
    "intra": _of("s-s4", "t2ud-", (HEX, 64)),
    "hubspot": lambda rng: "pat-" + "na1-" + _uuid(rng),
    "plaid": lambda rng: "access-" + "production-" + _uuid(rng),
    "jwt": _jwt,
    "rsa key": _pem("RSA PRIVATE KEY"),
    "openssh key": _pem("OPENSSH PRIVATE KEY"),
    "pkcs8 key": _pem("PRIVATE KEY"),
    "encrypted key": _pem("ENCRYPTED PRIVATE KEY"),
    "pgp key": _pem("PGP PRIVATE KEY BLOCK"),
}

CONTEXTS: dict[str, Callable[[str], str]] = {
    "alone": lambda s: s,
    "python": lambda s: f'client = Client("{s}", timeout=3)\n',
    "environment file": lambda s: f"DEBUG=1\nVALUE={s}\nPORT=80\n",
    "yaml": lambda s: f"service:\n  value: {s}\n  port: 80\n",
    "shell": lambda s: f"curl -sS -H 'X-Auth: {s}' https://api.example.com/v1 | jq .\n",
    "json": lambda s: json.dumps({"value": s, "n": 1}),
    "json in json": lambda s: json.dumps({"body": json.dumps({"text": f"first\n{s}\nlast"})}),
    "json in json in json": lambda s: json.dumps(json.dumps({"body": json.dumps({"text": f"first\n{s}\n"})})),
    "diff": lambda s: "@@ -1,2 +1,2 @@\n-old\n" + "".join(f"+{line}\n" for line in s.split("\n")),
    "colour": lambda s: f"\x1b[1;32m{s}\x1b[0m ok",
    "query": lambda s: f"GET /v1?value={s}&page=2 HTTP/1.1",
    "prose": lambda s: f"The value is {s}, please do not share it.",
    "markdown": lambda s: f"Use `{s}` here.",
    "xml": lambda s: f"<value>{s}</value>",
    "list": lambda s: f"[{s}, 1]",
}


@dataclass(frozen=True)
class Planted:
    """A text with one secret in it."""

    kind: str
    context: str
    secret: str
    text: str
    prefix: int = 0
    """How many characters of the secret its kind tells already."""


class Redacts(Protocol):
    """What is measured."""

    def text(self, value: str, /) -> str: ...


def leaks(planted: Planted, redactor: Redacts) -> bool:
    """Whether three characters in a row of what was drawn survive, where the text around has none such."""
    redacted = PLACEHOLDER.sub("\0", redactor.text(planted.text))
    drawn = planted.secret.split("\n")[1] if planted.secret.startswith("-----") else planted.secret[planted.prefix :]
    around = planted.text.replace(drawn, "\0")
    pieces = {drawn[at : at + 3] for at in range(len(drawn) - 2)}
    return redacted == planted.text or any(redacted.count(piece) > around.count(piece) for piece in pieces)


# Of all others the first twelve characters hold what the kind tells.
_TOLD = {"discord webhook": len("https://discord.com/api/webhooks/")}


def planted_tokens(seed: int, each: int) -> Iterator[Planted]:
    """Each kind of token in each context, `each` times."""
    rng = random.Random(seed)
    for kind, make in TOKENS.items():
        for context, place in CONTEXTS.items():
            for _ in range(each):
                secret = make(rng)
                yield Planted(kind, context, secret, place(secret), prefix=_TOLD.get(kind, 12))


ASSIGNED: dict[str, Callable[[str], str]] = {
    "env": lambda v: f"# production\nACME_API_KEY={v}\nPORT=80\n",
    "export": lambda v: f"export SERVICE_TOKEN={v} && ./run\n",
    "docker": lambda v: f"docker run -e DB_PASSWORD={v} image\n",
    "quoted env": lambda v: f'CLIENT_SECRET="{v}"\n',
    "python": lambda v: f'api_key = "{v}"\n',
    "typed": lambda v: f'const token: string = "{v}";\n',
    "keyword argument": lambda v: f'connect(host="db", password="{v}")\n',
    "dictionary": lambda v: f"settings = {{'secret_key': '{v}', 'debug': True}}\n",
    "environ": lambda v: f'os.environ["OPENAI_API_KEY"] = "{v}"\n',
    "setenv": lambda v: f'monkeypatch.setenv("AUTH_TOKEN", "{v}")\n',
    "camel case": lambda v: f'{{ apiKey: "{v}", region: "eu" }}\n',
    "yaml": lambda v: f"auth:\n  client_secret: {v}\n  user: ada\n",
    "toml": lambda v: f'access_token = "{v}"\n',
    "json": lambda v: json.dumps({"refresh_token": v, "n": 1}),
    "json in json": lambda v: json.dumps({"body": json.dumps({"password": v})}),
    "environment in json": lambda v: json.dumps({"content": f"A=1\nSECRET_TOKEN={v}\nB=2\n"}),
    "header": lambda v: f"curl -H 'X-Api-Key: {v}' https://example.com\n",
    "option": lambda v: f"deploy --token {v} --verbose\n",
    "option with sign": lambda v: f"deploy --api-key={v} --verbose\n",
    "query": lambda v: f"https://example.com/cb?access_token={v}&state=1\n",
    "xml": lambda v: f"<password>{v}</password>\n",
    "go": lambda v: f'ClientSecret: "{v}",\n',
    "ruby": lambda v: f':secret_key_base => "{v}"\n',
    "diff": lambda v: f"-API_TOKEN=old\n+API_TOKEN={v}\n",
    "powershell": lambda v: f'$env:API_TOKEN = "{v}"\n',
    "bearer": lambda v: f"Authorization: Bearer {v}\n",
    "url": lambda v: f"postgres://ada:{v}@db.example.com:5432/app\n",
}

VALUES: dict[str, Callable[[random.Random], str]] = {
    "hexadecimal": _of((HEX, 40)),
    "base 62": _of((B62, 32)),
    "base 36": _of((B36, 24)),
    "url-safe": _of((URL, 43)),
    "uuid": _uuid,
}


def planted_assignments(seed: int, each: int) -> Iterator[Planted]:
    """Drawn values under a secret's name, in the styles of languages, settings and commands."""
    rng = random.Random(seed)
    for kind, make in VALUES.items():
        for context, place in ASSIGNED.items():
            for _ in range(each):
                secret = make(rng)
                yield Planted(kind, context, secret, place(secret))


VARIABLES: dict[str, Callable[[str], str]] = {
    "key": lambda v: f"# production\nACME_API_KEY={v}\nPORT=80\n",
    "secret": lambda v: f"APP_SECRET={v}\n",
    "password": lambda v: f"DB_PASSWORD={v}\n",
    "export": lambda v: f"export GH_TOKEN={v} && ./run\n",
    "quoted": lambda v: f'CLIENT_SECRET="{v}"\n',
    "quoted once": lambda v: f"export API_KEY='{v}'; ./run\n",
    "docker": lambda v: f"docker run -e DB_PASSWORD={v} image\n",
    "compose": lambda v: f"environment:\n      - DB_PASSWORD={v}\n",
    "list": lambda v: f'{{"Env": ["SERVICE_TOKEN={v}", "PORT=80"]}}\n',
    "before a command": lambda v: f"cd app && PGPASSWORD={v} psql -h db\n",
    "in JSON": lambda v: json.dumps({"content": f"A=1\nSECRET_TOKEN={v}\nB=2\n"}),
    "diff": lambda v: f"-API_TOKEN=old\n+API_TOKEN={v}\n",
}
"""Where environments are set: nothing but the value can stand there, so that short ones are told too."""


def _word(alphabet: str, length: int) -> Callable[[random.Random], str]:
    """Drawn without a condition, but for a letter or digit at both ends."""
    return lambda rng: "".join([rng.choice(B62), *(rng.choice(alphabet) for _ in range(length - 2)), rng.choice(B62)])


SHORT: dict[str, Callable[[random.Random], str]] = {
    **{f"base 62, {length}": _word(B62, length) for length in (6, 8, 12, 16)},
    **{f"symbols, {length}": _word(SYMBOLS, length) for length in (8, 12, 16)},
}


def planted_variables(seed: int, each: int) -> Iterator[Planted]:
    """Short values and such with symbols, in the variables of an environment."""
    rng = random.Random(seed)
    for kind, make in SHORT.items():
        for context, place in VARIABLES.items():
            for _ in range(each):
                secret = make(rng)
                yield Planted(kind, context, secret, place(secret))
