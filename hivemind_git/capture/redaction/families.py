"""Token families that show themselves by a literal part, usually a prefix that the issuer chose for scanners to find.

The list covers every rule of gitleaks' default configuration that has such a literal (compared rule by rule with its
commit 009e025), and the services that coding agents use; not the lengths that its patterns allow and nobody issued,
such as ten characters of Stripe's. Lengths are the least that the issuer is known to use, left open above: issuers
lengthen their tokens (GitHub did), and a token half redacted is a token lost. What no issuer would draw, such as
`ghp_xxxx…`, is left to `shapes`.
"""

from __future__ import annotations

from typing import NamedTuple

from hivemind_git.capture.redaction.spans import APART


class Family(NamedTuple):
    """How tokens of a kind look.

    `literals` are what the scan looks for; `pattern` must match, beginning `lead` characters before a literal (any of
    these numbers). `word`: the token begins where a word does, because its literal is short enough to stand in the
    middle of one. `near`: a lower-case word that must be in the text too, because the shape alone says too little; such
    families need no literal.
    """

    name: str
    pattern: str
    literals: tuple[str, ...]
    word: bool = False
    near: str = ""
    lead: tuple[int, ...] = (0,)


_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_END = rf"(?![A-Za-z0-9]){APART}"

FORGES = (
    Family("github-token", r"gh[pousr]_[A-Za-z0-9]{36,}", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    Family("github-token", r"github_pat_[A-Za-z0-9_]{36,}", ("github_pat_",)),
    Family(
        "gitlab-token",
        r"gl(?:pat|cbt|dt|ffct|ft|imt|agent|oas|ptt|rt|rtr|soat|wt)-[\w-]{20,}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?",
        (
            *("glpat-", "glcbt-", "gldt-", "glffct-", "glft-", "glimt-", "glagent-"),
            *("gloas-", "glptt-", "glrt-", "glrtr-", "glsoat-", "glwt-"),
        ),
    ),
    Family("gitlab-token", r"GR1348941[\w-]{20,}", ("GR1348941",)),
    Family("gitlab-session", r"_gitlab_session=[0-9a-z]{32}", ("_gitlab_session=",)),
    Family("atlassian-token", r"AT[AC]TT3[\w=-]{100,}", ("ATATT3", "ATCTT3")),
    Family("bitbucket-token", r"ATBB[A-Za-z0-9]{24,}", ("ATBB",), word=True),
    Family("sourcegraph-token", r"sgp_(?:[0-9a-fA-F]{16}_|local_)?[0-9a-fA-F]{40}", ("sgp_",)),
    Family("buildkite-token", r"bk[uac][at]_[0-9a-f]{40}", ("bkua_", "bkat_", "bkct_")),
    Family("circleci-token", r"CCIP(?:AT|RJ)_[\w-]{20,}", ("CCIPAT_", "CCIPRJ_")),
    Family("linear-token", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}", ("lin_api_", "lin_oauth_")),
)

REGISTRIES = (
    Family("npm-token", r"npm_[A-Za-z0-9]{36,}", ("npm_",)),
    Family("pypi-token", r"pypi-AgE[\w-]{50,}", ("pypi-AgE",)),
    Family("rubygems-token", r"rubygems_[0-9a-f]{48}", ("rubygems_",)),
    Family("clojars-token", r"CLOJARS_[A-Za-z0-9]{60}", ("CLOJARS_",)),
    Family("nuget-key", rf"oy2[a-z0-9]{{43}}{_END}", ("oy2",), word=True),
    Family("docker-token", r"dckr_[po]at_[\w-]{24,}", ("dckr_pat_", "dckr_oat_")),
    Family("artifactory-key", r"AKCp[A-Za-z0-9]{69,}", ("AKCp",), word=True),
    Family("artifactory-key", rf"cmVmd[A-Za-z0-9]{{59}}{_END}", ("cmVmd",), word=True),
    Family("readme-token", r"rdme_[a-z0-9]{70}", ("rdme_",)),
    Family("postman-key", r"PMAK-[0-9a-fA-F]{24}-[0-9a-fA-F]{34}", ("PMAK-",)),
)

MODELS = (
    Family("anthropic-key", r"sk-ant-[\w-]{20,}", ("sk-ant-",)),
    Family(
        "openai-key", r"sk-(?:proj|svcacct|admin|None)-[\w-]{20,}", ("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-")
    ),
    Family("openai-key", r"sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}", ("sk-",), word=True),
    Family("secret-key", r"sk-[\w-]{20,}", ("sk-",), word=True),
    Family("google-key", r"AIza[\w-]{35}", ("AIza",)),
    Family("google-token", r"ya29\.[\w-]{20,}", ("ya29.",), word=True),
    Family("google-secret", r"GOCSPX-[\w-]{28}", ("GOCSPX-",)),
    Family("google-token", r"1//0[\w-]{40,}", ("1//0",), word=True),
    Family("huggingface-token", r"hf_[A-Za-z0-9]{30,}", ("hf_",), word=True),
    Family("huggingface-token", r"api_org_[A-Za-z0-9]{30,}", ("api_org_",)),
    Family("groq-key", r"gsk_[A-Za-z0-9]{40,}", ("gsk_",)),
    Family("xai-key", r"xai-[A-Za-z0-9]{60,}", ("xai-",), word=True),
    Family("perplexity-key", r"pplx-[A-Za-z0-9]{40,}", ("pplx-",)),
    Family("nvidia-key", r"nvapi-[\w-]{50,}", ("nvapi-",)),
    Family("replicate-token", r"r8_[A-Za-z0-9]{37,}", ("r8_",), word=True),
    Family("elevenlabs-key", rf"sk_[0-9a-f]{{48}}{_END}", ("sk_",), word=True),
    Family("fireworks-key", r"fw_[A-Za-z0-9]{22,}", ("fw_",), word=True),
    Family("pinecone-key", r"pcsk_\w{50,}", ("pcsk_",)),
    Family("langsmith-key", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", ("lsv2_",)),
    Family("tavily-key", r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{30,}", ("tvly-",)),
    Family("jina-key", r"jina_\w{50,}", ("jina_",), word=True),
    Family("firecrawl-key", rf"fc-[0-9a-f]{{32}}{_END}", ("fc-",), word=True),
)

CLOUDS = (
    Family(
        "aws-access-key",
        rf"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{{16}}{_END}",
        ("A3T", "AKIA", "ASIA", "ABIA", "ACCA"),
        word=True,
    ),
    Family("aws-bedrock-key", r"ABSK[A-Za-z0-9+/]{100,}={0,2}", ("ABSK",), word=True),
    Family("aws-bedrock-key", r"bedrock-api-key-[A-Za-z0-9+/=_-]{20,}", ("bedrock-api-key-",)),
    Family("azure-secret", rf"[\w~.]{{3}}\dQ~[\w~.-]{{31,34}}{_END}", ("Q~",), lead=(4,)),
    Family("alibaba-key", rf"LTAI[A-Za-z0-9]{{16,24}}{_END}", ("LTAI",), word=True),
    Family("digitalocean-token", r"do[opr]_v1_[0-9a-f]{64}", ("doo_v1_", "dop_v1_", "dor_v1_")),
    Family("cloudflare-key", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}", ("v1.0-",), word=True),
    Family("heroku-key", r"HRKU-[\w-]{36,}", ("HRKU-",)),
    Family("flyio-token", r"fo1_[\w-]{43}", ("fo1_",), word=True),
    Family("flyio-token", r"fm(?:1[ar]|2)_[A-Za-z0-9+/]{100,}={0,3}", ("fm1a_", "fm1r_", "fm2_"), word=True),
    Family("netlify-token", r"nfp_[A-Za-z0-9]{36,}", ("nfp_",), word=True),
    Family("render-key", r"rnd_[A-Za-z0-9]{28,}", ("rnd_",), word=True),
    Family("scalingo-token", r"tk-us-[\w-]{48}", ("tk-us-",), word=True),
    Family("pulumi-token", r"pul-[0-9a-f]{40}", ("pul-",), word=True),
    Family("prefect-token", r"pnu_[A-Za-z0-9]{36}", ("pnu_",), word=True),
    Family("terraform-token", r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}", (".atlasv1.",), lead=(14,)),
    Family("vault-token", r"hv[sbr]\.[\w-]{24,}", ("hvs.", "hvb.", "hvr."), word=True),
    Family("vault-token", rf"s\.[A-Za-z0-9]{{24}}{_END}", (), word=True, near="vault"),
    Family("doppler-token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}", ("dp.",), word=True),
    Family("openshift-token", r"sha256~[\w-]{43}", ("sha256~",)),
    Family("age-key", r"AGE-SECRET-KEY-1[0-9A-Z]{58}", ("AGE-SECRET-KEY-1",)),
    Family("onepassword-key", r"A3-[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3}", ("A3-",), word=True),
    Family("onepassword-token", r"ops_eyJ[A-Za-z0-9+/]{200,}={0,3}", ("ops_eyJ",)),
    Family("tailscale-key", r"tskey-(?:[a-z]+-)?[\w-]{20,}", ("tskey-",)),
    Family("defined-networking-key", r"dnkey-[\w=-]{26}-[\w=-]{52}", ("dnkey-",)),
    Family("octopus-key", rf"API-[A-Z0-9]{{26}}{_END}", ("API-",), word=True),
    Family("yandex-key", r"AQVN[\w-]{35,38}", ("AQVN",), word=True),
    Family("yandex-token", r"t1\.[\w-]+={0,2}\.[\w-]{86}={0,2}", ("t1.",), word=True),
    Family("yandex-key", rf"YC[\w-]{{38}}{_END}", (), word=True, near="yandex"),
    Family("okta-token", rf"00[\w=-]{{40}}{_END}", (), word=True, near="okta"),
    Family(
        "authress-key",
        r"(?:sc|ext|scauth|authress)_\w{5,30}\.\w{4,6}\.acc[_-][\w-]{10,32}\.[\w+/=-]{30,}",
        (".acc",),
        lead=tuple(range(12, 47)),
    ),
    Family("heroku-key", rf"HRKU-{_UUID}", ("HRKU-",)),
)

DATA = (
    Family("airtable-token", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}", ("pat",), word=True),
    Family("databricks-token", r"dapi[0-9a-f]{32}(?:-\d)?", ("dapi",), word=True),
    Family("supabase-key", r"sb_secret_[\w-]{20,}", ("sb_secret_",)),
    Family("supabase-token", r"sbp_[0-9a-f]{40}", ("sbp_",), word=True),
    Family(
        "planetscale-token", r"pscale_(?:tkn|oauth|pw)_[\w=.-]{32,}", ("pscale_tkn_", "pscale_oauth_", "pscale_pw_")
    ),
    Family("neon-key", r"napi_[a-z0-9]{40,}", ("napi_",), word=True),
    Family("clickhouse-key", rf"4b1d[A-Za-z0-9]{{38}}{_END}", ("4b1d",), word=True),
    Family("contentful-token", r"CFPAT-[\w-]{40,}", ("CFPAT-",)),
    Family("dropbox-token", r"sl\.(?:u\.)?[\w-]{130,}", ("sl.",), word=True),
    Family("dropbox-token", rf"[A-Za-z0-9]{{11}}A{{10}}[\w=-]{{43}}{_END}", (), word=True, near="dropbox"),
    Family("notion-token", r"ntn_[0-9]{11}[A-Za-z0-9]{35}", ("ntn_",), word=True),
    Family("notion-token", rf"secret_[A-Za-z0-9]{{43}}{_END}", ("secret_",), word=True),
    Family("figma-token", r"figd_[\w-]{40,}", ("figd_",)),
    Family("maxmind-key", rf"[A-Za-z0-9]{{6}}_[A-Za-z0-9]{{29}}_mmk{_END}", ("_mmk",), lead=(36,)),
    Family("mapbox-token", r"[pst]k\.eyJ[\w-]{40,}\.[\w-]{20,}", ("pk.eyJ", "sk.eyJ", "tk.eyJ"), word=True),
    Family("mapbox-token", rf"[pst]k\.[A-Za-z0-9]{{60}}\.[A-Za-z0-9]{{22}}{_END}", (), word=True, near="mapbox"),
    Family("infracost-key", r"ico-[A-Za-z0-9]{32}", ("ico-",), word=True),
    Family("harness-token", r"[ps]at\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}", ("pat.", "sat."), word=True),
    Family("grafana-token", r"glc_[A-Za-z0-9+/]{32,}={0,3}", ("glc_",), word=True),
    Family("grafana-token", r"glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}", ("glsa_",)),
    Family("grafana-token", r"eyJrIjoi[A-Za-z0-9+/]{60,}={0,3}", ("eyJrIjoi",), word=True),
    Family("dynatrace-token", r"dt0[cs]\d\d\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}", ("dt0c", "dt0s"), word=True),
    Family("sentry-token", r"sntrys_eyJ[A-Za-z0-9+/]{20,}={0,2}(?:_[A-Za-z0-9+/]{40,})?", ("sntrys_eyJ",)),
    Family("sentry-token", r"sntryu_[0-9a-f]{64}", ("sntryu_",)),
    Family("newrelic-key", r"NR(?:AK-[A-Za-z0-9]{27}|II-[\w-]{32}|JS-[0-9a-f]{19})", ("NRAK-", "NRII-", "NRJS-")),
    Family("posthog-key", r"ph[xs]_[A-Za-z0-9]{40,}", ("phx_", "phs_"), word=True),
    Family("apify-token", r"apify_api_[A-Za-z0-9]{30,}", ("apify_api_",)),
)

SERVICES = (
    Family("slack-token", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}", tuple(f"xox{kind}" for kind in "abcdeoprs")),
    Family("slack-token", r"xapp-\d-[A-Za-z0-9]+-\d+-[A-Za-z0-9]+", ("xapp-",)),
    Family("slack-webhook", r"hooks\.slack\.com/(?:services|workflows|triggers)/[\w/+]{30,}", ("hooks.slack.com/",)),
    Family("discord-webhook", r"/api/webhooks/\d{15,}/[\w-]{50,}", ("/api/webhooks/",)),
    Family("teams-webhook", rf"\.webhook\.office\.com/webhookb2/{_UUID}@[\w/@-]{{60,}}", (".webhook.office.com/",)),
    Family("telegram-token", r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])" + APART, (":AA",), lead=(10, 9, 8)),
    Family("telegram-token", rf"\d{{5,16}}:A[\w-]{{34}}{_END}", (), word=True, near="telegr"),
    Family(
        "stripe-key",
        r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}",
        tuple(f"{kind}k_{mode}_" for kind in "sr" for mode in ("live", "test", "prod")),
    ),
    Family("stripe-secret", r"whsec_[A-Za-z0-9+/]{20,}={0,2}", ("whsec_",)),
    Family("square-token", r"sq0(?:atp|csp)-[\w-]{22,}", ("sq0atp-", "sq0csp-")),
    Family("square-token", rf"EAAA[\w-]{{56,62}}{_END}", ("EAAA",), word=True),
    Family("twilio-key", rf"SK[0-9a-fA-F]{{32}}{_END}", ("SK",), word=True),
    Family("sendgrid-key", r"SG\.[\w=-]{16,32}\.[\w=-]{30,}", ("SG.",), word=True),
    Family("sendinblue-key", r"x(?:keysib|smtpsib)-[0-9a-f]{64}-[A-Za-z0-9]{16}", ("xkeysib-", "xsmtpsib-")),
    Family("resend-key", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}", ("re_",), word=True),
    Family("mailchimp-key", rf"[0-9a-f]{{32}}-us\d{{1,2}}{_END}", ("-us",), word=True, lead=(32,)),
    Family("mailgun-key", rf"(?:pub)?key-[0-9a-f]{{32}}{_END}", (), word=True, near="mailgun"),
    Family("facebook-token", r"EAA[A-Z][A-Za-z0-9]{100,}", ("EAA",), word=True),
    Family("facebook-token", rf"\d{{15,16}}[|%][\w-]{{27,40}}{_END}", (), word=True, near="facebook"),
    Family("twitter-token", rf"{'A' * 22}[A-Za-z0-9%]{{80,}}{_END}", ("A" * 22,), word=True),
    Family("beamer-token", rf"b_[\w=-]{{44}}{_END}", (), word=True, near="beamer"),
    Family("sumologic-key", rf"su(?=[A-Za-z]*\d)[A-Za-z0-9]{{12}}{_END}", (), word=True, near="sumo"),
    Family("shopify-token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", ("shpat_", "shpca_", "shppa_", "shpss_")),
    Family("shippo-token", r"shippo_(?:live|test)_[0-9a-fA-F]{40}", ("shippo_",)),
    Family("easypost-key", r"EZ[AT]K[A-Za-z0-9]{54}", ("EZAK", "EZTK"), word=True),
    Family("duffel-token", r"duffel_(?:test|live)_[\w=-]{43}", ("duffel_",)),
    Family("flutterwave-key", r"FLW(?:SECK|PUBK)(?:_TEST)?-[0-9a-hA-H]{12,}(?:-X)?", ("FLWSECK", "FLWPUBK")),
    Family("frameio-token", r"fio-u-[\w=-]{64}", ("fio-u-",)),
    Family("settlemint-token", r"sm_[aps]at_[A-Za-z0-9]{16,}", ("sm_aat_", "sm_pat_", "sm_sat_")),
    Family("typeform-token", r"tfp_[\w.=-]{40,}", ("tfp_",), word=True),
    Family("adobe-secret", r"p8e-[A-Za-z0-9]{32}", ("p8e-",), word=True),
    Family("intra-secret", r"s-s4t2(?:ud|af)-[0-9a-f]{64}", ("s-s4t2",), word=True),
    Family("hubspot-token", rf"pat-(?:na|eu|ap)\d-{_UUID}", ("pat-",), word=True),
    Family("plaid-token", rf"access-(?:sandbox|development|production)-{_UUID}", ("access-",), word=True),
    Family("gocardless-token", rf"live_[\w=-]{{40}}{_END}", (), word=True, near="gocardless"),
    Family("lob-key", rf"(?:live|test)_(?:pub_)?[0-9a-f]{{31,35}}{_END}", (), word=True, near="lob"),
    Family("jwt", r"ey[JA][\w-]{8,}\.ey[JA][\w-]{8,}\.(?:[\w-]{10,})?", ("eyJ", "eyA"), word=True),
    Family("jwt", r"ZXlK[A-Za-z0-9+/]{60,}={0,2}", ("ZXlK",), word=True),
)

FAMILIES = (*FORGES, *REGISTRIES, *MODELS, *CLOUDS, *DATA, *SERVICES)
