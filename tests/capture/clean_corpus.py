"""A corpus without a secret: what tools draw (hashes, ids, images), what people write (references, examples, prose)."""

from __future__ import annotations

import base64
import random
import uuid
from collections.abc import Callable, Iterator

from .secret_corpus import B32, B36, B62, HEX, LOWER, draw


def _uuid(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


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
PASSWORD=secret TOKEN=your-token-here APP_SECRET=changeme123
API_KEY=$KEY
API_KEY=get_key()
API_KEY=os.environ['API_KEY']
API_KEY=config.apiKey
SIGNING_KEY=sha256 SSH_KEY=id_ed25519 API_KEY=@@API_KEY@@
sed 's/^DB_PASSWORD=.*$/DB_PASSWORD=new/'
MODEL_KEY=gpt-4o-mini REGION_KEY=us-east-1
APP_SECRET=none AUTH_TOKEN=true API_TOKEN=4096
Set API_KEY=value in the environment, run with DB_PASSWORD=postgres then.
ERROR_PASSWORD="Must hold 8+ chars & 1 digit"
DB_PASSWORD="Enter your password"
https://example.com/?TOKEN=abc123&x=1
password: string; token: string
password: a, b; c
max_tokens=4096
monkey=banana
sort_key=lambda
us-east-1 eu-central-1 n1-standard-16 t3.2xlarge
"""
"""Lines as people write them: references, placeholders, types, examples, prose. None holds a secret."""


def written_lines() -> list[str]:
    return WRITTEN.strip("\n").split("\n")
