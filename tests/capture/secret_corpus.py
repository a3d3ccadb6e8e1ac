"""Secrets that nobody ever issued, planted where secrets are found; and a corpus in which there is none.

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

LOWER, UPPER, DIGITS = string.ascii_lowercase, string.ascii_uppercase, string.digits
B62 = LOWER + UPPER + DIGITS
B36 = LOWER + DIGITS
CAPS = UPPER + DIGITS
HEX = DIGITS + "abcdef"
URL = B62 + "_-"
B64 = B62 + "+/"
B32 = UPPER + "234567"


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


def planted_tokens(seed: int, each: int) -> Iterator[Planted]:
    """Each kind of token in each context, `each` times."""
    rng = random.Random(seed)
    for kind, make in TOKENS.items():
        for context, place in CONTEXTS.items():
            for _ in range(each):
                secret = make(rng)
                yield Planted(kind, context, secret, place(secret))


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


def clean_lines(seed: int, each: int) -> Iterator[str]:
    """Random things that are no secrets, where tools write them: hashes, ids, versions, images, generated names."""
    rng = random.Random(seed)

    def base64_of(size: int) -> str:
        return base64.b64encode(rng.randbytes(size)).decode()

    makers: list[Callable[[], str]] = [
        lambda: f"commit {draw(rng, HEX, 40)}",
        lambda: f"index {draw(rng, HEX, 7)}..{draw(rng, HEX, 7)} 100644",
        lambda: f"{draw(rng, HEX, 40)} refs/heads/topic-{rng.randrange(999)}",
        lambda: f"{draw(rng, HEX, 64)}  dist/app-{rng.randrange(9)}.tar.gz",
        lambda: f'"integrity": "sha512-{base64_of(64)}",',
        lambda: f"example.com/mod v1.{rng.randrange(99)}.0 h1:{base64_of(32)}",
        lambda: f'checksum = "{draw(rng, HEX, 64)}"',
        lambda: f"    --hash=sha256:{draw(rng, HEX, 64)} \\",
        lambda: f"image: registry.example.com/app@sha256:{draw(rng, HEX, 64)}",
        lambda: f'"session_id": "{_uuid(rng)}", "tool_use_id": "toolu_{draw(rng, B62, 24)}"',
        lambda: f"request_id={_uuid(rng)} status=200",
        lambda: f'id: "{_uuid(rng)}"',
        lambda: f"cache-key: node-modules-{draw(rng, HEX, 64)}",
        lambda: f"key: linux-{draw(rng, HEX, 64)}",
        lambda: f'{{"key": "{_uuid(rng)}", "primary_key": "{_uuid(rng)}"}}',
        lambda: f'ETag: "{draw(rng, HEX, 32)}"',
        lambda: f'<img src="data:image/png;base64,{base64_of(3000)}">',
        lambda: f"AAAA{base64_of(300)}",
        lambda: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{base64_of(32)} ada@example.com",
        lambda: f"-----BEGIN CERTIFICATE-----\n{base64_of(700)}\n-----END CERTIFICATE-----",
        lambda: f"-----BEGIN PUBLIC KEY-----\n{base64_of(200)}\n-----END PUBLIC KEY-----",
        lambda: f"/nix/store/{draw(rng, B36, 32)}-python3-3.11.7/lib/python3.11/site-packages",
        lambda: f"/home/ada/.cache/pip/http-v2/{'/'.join(draw(rng, HEX, 56)[:5])}/{draw(rng, HEX, 56)}",
        lambda: f"main.{draw(rng, HEX, 20)}.chunk.js",
        lambda: f".css-{draw(rng, B36, 7)}-MuiButtonBase-root{{color:#{draw(rng, HEX, 6)}}}",
        lambda: f"0x{draw(rng, HEX, 64)}",
        lambda: (
            f"2026-01-{rng.randrange(10, 29)}T10:11:12.{rng.randrange(999):03d}Z INFO worker-{rng.randrange(99)} done"
        ),
        lambda: f"10.{rng.randrange(255)}.{rng.randrange(255)}.1 aa:bb:cc:{draw(rng, HEX, 2)}:{draw(rng, HEX, 2)}:01",
        lambda: f"function(e,t,n){{return t.key===n.token&&e.{draw(rng, LOWER, 3)}(t.secret)?n:void 0}}",
        lambda: f'{{"max_tokens": {rng.randrange(9999)}, "token_count": {rng.randrange(9999)}, "pad_token": "[PAD]"}}',
        lambda: f'next_page_token: "{draw(rng, B62, 40)}"',
        lambda: f"WARC-Payload-Digest: sha1:{draw(rng, B32, 32)}",
    ]
    for _ in range(each):
        for make in makers:
            yield make()


WRITTEN = r"""
password = os.environ["DB_PASSWORD"]
password = getpass.getpass("Password: ")
password: str
password: string;
password: Optional[str] = None
password=password
password = config.password
password = self.settings.password
password = get_password()
password = process.env.DB_PASSWORD
password := os.Getenv("DB_PASSWORD")
password: ${{ secrets.DB_PASSWORD }}
password: ${DB_PASSWORD}
password: $DB_PASSWORD
password: "{{ vault_db_password }}"
password: <your password>
password: "changeme"
password: "password"
password = "********"
password = "xxxxxxxxxxxx"
password = 'your-password-here'
password: "Enter your password"
password: "required|min:8|string"
password = models.CharField(max_length=128)
password_hash = bcrypt.hashpw(password, salt)
PASSWORD_MIN_LENGTH = 12
DB_PASSWORD=
DB_PASSWORD=changeme
DB_PASSWORD="${DB_PASSWORD:?set it}"
DB_PASSWORD=$(cat /run/secrets/db)
DB_PASSWORD=/run/secrets/db_password
DB_PASSWORD_FILE=/run/secrets/db_password
PWD=/home/ada/project
OLDPWD=/tmp
if password == "":
<input type="password" name="password" autocomplete="current-password">
<label for="password">Password</label>
--password PASSWORD
--password options are passed to svn
token: str = None
token = request.headers.get("Authorization")
token = next(tokens)
token = Token(TokenType.STRING, value)
token = secrets.token_urlsafe(32)
token: ${{ secrets.GITHUB_TOKEN }}
token: "${GITHUB_TOKEN}"
token = "string-literal-token"
token_type: "bearer"
const token = await getToken();
for token in self.tokenize(source):
"eos_token": "</s>", "bos_token_id": 1
tokens: 128000
GITHUB_TOKEN=${GITHUB_TOKEN}
GITHUB_TOKEN=<token>
GITHUB_TOKEN: ${{ github.token }}
API_KEY=your_api_key_here
API_KEY=xxxxxxxxxxxxxxxxxxxxxxxx
API_KEY = os.getenv("API_KEY", "")
api_key: "YOUR_API_KEY"
api_key=settings.OPENAI_API_KEY
api_key = keyring.get_password("service", "user")
apiKey: process.env.OPENAI_API_KEY,
apiKey: import.meta.env.VITE_API_KEY
PrivateKey: testEd25519PrivateKey,
private_key: ed25519.Ed25519PrivateKey
private_key_path: ~/.ssh/id_ed25519
secret: "kubernetes-secret-name"
secretKeyRef: {name: db-credentials, key: password}
secretName: my-app-tls
secret = keypair[:32]
SECRET_KEY = env("DJANGO_SECRET_KEY")
SECRET_KEY = "django-insecure-example"
client_secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db
client_secret: op://vault/item/field
client_secret = data["client_secret"]
credentials = service_account.Credentials.from_service_account_file("key.json")
aws_access_key_id = <access key>
aws s3 cp s3://bucket/key ./file
key = "user:42:profile"
key=lambda item: item.name
"key": "value"
"key": "ctrl+shift+p", "command": "workbench.action.showCommands"
keys = sorted(mapping)
keyboard: qwerty
monkey = patch
turkey: Ankara
sort_key: created_at
primary_key=True
cache_key = f"v2:{user_id}:{locale}"
idempotency_key: order-2024-000123
public_key: "age1examplepublic"
Authorization: Bearer <token>
Authorization: Bearer $TOKEN
Authorization: Bearer ${TOKEN}
"Authorization": f"Bearer {token}"
headers["Authorization"] = "Bearer " + token
Authorization: Basic <credentials>
Use bearer authentication for requests; basic authentication is deprecated.
The basic understanding of bearer instruments.
https://user:password@example.com/path
https://user:pass@host:8080/
http://username:password@proxy:3128
postgres://postgres:postgres@localhost:5432/postgres
postgresql://${DB_USER}:${DB_PASS}@${DB_HOST}/db
mysql://root:root@127.0.0.1/test
redis://:${REDIS_PASSWORD}@redis:6379/0
amqp://guest:guest@rabbitmq//
https://<user>:<password>@git.example.com
https://{user}:{password}@git.example.com
git@github.com:org/repo.git
ssh://git@example.com:2222/org/repo.git
https://example.com:8443/a@b/c
npm install @scope/package@1.2.3
ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
ghp_XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
github_pat_...
sk-ant-api03-...
sk-ant-...
sk-proj-your-key-here
sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
sk-loading-spinner-container-fading-circle
sk-folding-cube-2-animation-delay-wrapper
AKIAIOSFODNN7EXAMPLE
wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
xoxb-your-token-here
glpat-xxxxxxxxxxxxxxxxxxxx
hf_model_from_pretrained_with_config_and_tokenizer
npm_config_registry npm_lifecycle_event npm_package_version
eyJ is how a JSON object begins in Base64.
The word secret in a sentence: a secret is safe when nobody knows it.
He said the password was long; the token, he added, had expired.
A key insight: tokens are counted before they are spent. Password: none.
Your password must contain at least 8 characters, one digit and one symbol.
Credentials: see the wiki. Key takeaways: keep it simple.
error: invalid token '}' at line 12
SyntaxError: Unexpected token < in JSON at position 0
-----BEGIN PGP SIGNATURE-----
-----BEGIN PRIVATE KEY-----
Use a key that starts with -----BEGIN RSA PRIVATE KEY----- and ends likewise.
import { token } from "./token"; export const key = token.key;
SELECT token, secret FROM keys WHERE password IS NOT NULL;
git config user.signingkey 0123456789ABCDEF
claude-3-5-sonnet-20241022 gpt-4o-mini-2024-07-18 text-embedding-3-small
us-east-1 eu-central-1 n1-standard-16 t3.2xlarge
"""
"""Lines as people write them: references, placeholders, types, examples, prose. None holds a secret."""


def written_lines() -> list[str]:
    return WRITTEN.strip("\n").split("\n")
