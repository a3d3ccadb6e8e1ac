"""The lessons that are planted: what teams really ask of their agents, in twelve languages.

`«x1»` is an expression, `«n1»` a variable, `«N1»` a noun in capitals, `«v1»` a method, `«w1»` words, `«a1»`
arguments; the same
placeholder is the same text on both sides. `@` in `around` is where the edit stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Lesson:
    """A recurring edit, and the lines it occurs in."""

    name: str
    language: str
    before: str
    after: str
    around: tuple[str, ...] = ("@",)


_PYTHON: Final = ("«n8» = @", "return @", "if @:", "«v8»(@)", "«n8».«v8»(«x8», @)")
_SCRIPT: Final = ("const «n8» = @;", "return @;", "if (@) {", "«v8»(@);", "«n8».«v8»(«x8», @);")
_GO: Final = ("«n8» := @", "return @", "«v8»(@)", "«n8».«v8»(@, «x8»)")
_JAVA: Final = ("var «n8» = @;", "return @;", "«v8»(@);", "if (@) {")
_RUST: Final = ("let «n8» = @;", "«v8»(@);", "return @;", "    @")
_PLAIN: Final = ("@", "@", "    @")

CATALOGUE: Final = (
    Lesson("structured logging", "python", "print(«a1»)", "logger.info(«a1»)", _PLAIN),
    Lesson("none by identity", "python", "«n1» == None", "«n1» is None", ("if @:", "return @", "while @:", "«n8» = @")),
    Lesson("not in", "python", "not «n1» in «n2»", "«n1» not in «n2»", ("if @:", "return @", "while @:")),
    Lesson("http timeout", "python", "requests.get(«a1»)", "requests.get(«a1», timeout=10)", _PYTHON),
    Lesson("plain asserts", "python", "self.assertEqual(«x1», «x2»)", "assert «x1» == «x2»", _PLAIN),
    Lesson("aware time", "python", "datetime.utcnow()", "datetime.now(timezone.utc)", _PYTHON),
    Lesson("safe yaml", "python", "yaml.load(«x1»)", "yaml.safe_load(«x1»)", _PYTHON),
    Lesson("no shell", "python", "shell=True", "shell=False", ("run(«x1», @)", "subprocess.call(«n1», @, cwd=«n2»)")),
    Lesson("lazy log format", "python", 'logger.debug("«w1»" + «n1»)', 'logger.debug("«w1»%s", «n1»)', _PLAIN),
    Lesson("pathlib join", "python", "os.path.join(«n1», «x2»)", "«n1» / «x2»", ("«n8» = @", "return @", "«v8»(@)")),
    Lesson("public name", "python", "load_«n1»(«x1»)", "read_«n1»(«x1»)", _PYTHON),
    Lesson(
        "specific except", "python", "except Exception as «n1»:", "except ServiceError as «n1»:", ("@", "        @")
    ),
    Lesson("const", "javascript", "var «n1» = «x1»;", "const «n1» = «x1»;", _PLAIN),
    Lesson(
        "strict equality", "javascript", "«n1» == «x1»", "«n1» === «x1»", ("if (@) {", "return @;", "const «n8» = @;")
    ),
    Lesson("no debug output", "javascript", "console.log(«a1»);", "", _PLAIN),
    Lesson("parse with radix", "javascript", "parseInt(«x1»)", "parseInt(«x1», 10)", _SCRIPT),
    Lesson("own client", "javascript", "axios.get(«a1»)", "api.fetch(«a1»)", _SCRIPT),
    Lesson("spread", "javascript", "Object.assign({}, «x1»)", "{ ...«x1» }", ("const «n8» = @;", "return @;")),
    Lesson("fetch verbs", "typescript", "get«N1»(«a1»)", "fetch«N1»(«a1»)", _SCRIPT),
    Lesson("unknown over any", "typescript", "«n1»: any", "«n1»: unknown", ("function «v8»(@) {", "const @ = «x8»;")),
    Lesson("no casts", "typescript", "(«n1» as any).«n2»", "«n1».«n2»", ("return @;", "«v8»(@);", "const «n8» = @;")),
    Lesson("interface suffix", "typescript", "I«N1»Props", "«N1»Props", ("const «n8»: @ = «x8»;", "type «N8» = @;")),
    Lesson("own date", "typescript", "new Date()", "clock.now()", _SCRIPT),
    Lesson(
        "wrapped errors",
        "go",
        'fmt.Errorf("«w1»: %v", err)',
        'fmt.Errorf("«w1»: %w", err)',
        ("return @", "return nil, @"),
    ),
    Lesson(
        "static errors", "go", 'fmt.Errorf("«w1»")', 'errors.New("«w1»")', ("return @", "return nil, @", 'return "", @')
    ),
    Lesson("range", "go", "for «n1» := 0; «n1» < «n2»; «n1»++ {", "for «n1» := range «n2» {", _PLAIN),
    Lesson("errors as", "go", "if «n1», ok := err.(*«N1»); ok {", "var «n1» *«N1»\nif errors.As(err, &«n1») {"),
    Lesson("context first", "go", "context.Background()", "ctx", ("«v8»(@, «x8»)", "«n8».«v8»(@)", "«n8» := «v8»(@)")),
    Lesson("read file", "go", "ioutil.ReadFile(«x1»)", "os.ReadFile(«x1»)", _GO),
    Lesson("no lint marks", "go", "«v1»(«x1») //nolint:gosec // «w1»", "«v1»(«x1»)", ("@", "\t@", "return @")),
    Lesson("concatenate", "go", 'fmt.Sprintf("«w1»%s", «n1»)', '"«w1»" + «n1»', _GO),
    Lesson("literal first", "java", '«n1».equals("«w1»")', '"«w1»".equals(«n1»)', ("if (@) {", "return @;")),
    Lesson("immutable list", "java", "Arrays.asList(«a1»)", "List.of(«a1»)", _JAVA),
    Lesson("own logger", "java", "System.out.println(«x1»);", "log.info(«x1»);", _PLAIN),
    Lesson("optional", "java", "«n1».get()", "«n1».orElseThrow()", ("return @;", "var «n8» = @;", "«v8»(@);")),
    Lesson("empty", "java", "«n1».size() == 0", "«n1».isEmpty()", ("if (@) {", "return @;", "while (@) {")),
    Lesson("question mark", "rust", "«v1»(«x1»).unwrap()", "«v1»(«x1»)?", _RUST),
    Lesson("to owned", "rust", '"«w1»".to_string()', '"«w1»".to_owned()', _RUST),
    Lesson("tracing", "rust", "println!(«a1»);", "tracing::info!(«a1»);", _PLAIN),
    Lesson("clone of arc", "rust", "«n1».clone()", "Arc::clone(&«n1»)", ("let «n8» = @;", "«v8»(@);")),
    Lesson("symbols", "ruby", "«n1»['«n2»']", "«n1».fetch(:«n2»)", ("«n8» = @", "return @", "puts @")),
    Lesson("present", "ruby", "!«n1».nil?", "«n1».present?", ("if @", "return @", "«n8» = @")),
    Lesson("size", "ruby", "«n1».length", "«n1».size", ("«n8» = @", "return @", "puts @")),
    Lesson("printf", "shell", 'echo -e "«w1»"', 'printf "%b" "«w1»"', _PLAIN),
    Lesson("brackets", "shell", 'if [ "$«n1»" = "«w1»" ]; then', 'if [[ "$«n1»" == "«w1»" ]]; then', _PLAIN),
    Lesson("command", "shell", "which «n1»", "command -v «n1»", ("@", "if @; then", "«n8»=$(@)")),
    Lesson("columns", "sql", "SELECT * FROM «n1»", "SELECT id FROM «n1»", ("@", "@ WHERE «n8» > 3", "@ LIMIT 5")),
    Lesson(
        "soft delete", "sql", "DELETE FROM «n1» WHERE", "UPDATE «n1» SET deleted = 1 WHERE", ("@ id = 4", "@ «n8» > 7")
    ),
    Lesson("var", "csharp", "«N1» «n1» = new «N1»(", "var «n1» = new «N1»(", ("@);", "@«x8»);", "@«x8», «x7»);")),
    Lesson(
        "async suffix", "csharp", "await «v1»Sync(«a1»)", "await «v1»Async(«a1»)", ("var «n8» = @;", "return @;", "@;")
    ),
    Lesson("null check", "csharp", "«n1» == null", "«n1» is null", ("if (@) {", "return @;", "while (@) {")),
    Lesson("bounded copy", "c", "strcpy(«n1», «x2»);", "strlcpy(«n1», «x2», sizeof(«n1»));", _PLAIN),
    Lesson("own alloc", "c", "malloc(«x1»)", "xmalloc(«x1»)", ("«n8» = @;", "return @;", "char *«n8» = @;")),
    Lesson("short arrays", "php", "array(«a1»)", "[«a1»]", ("$«n8» = @;", "return @;", "«v8»(@);")),
    Lesson("coalesce", "php", "isset($«n1») ? $«n1» : «x1»", "$«n1» ?? «x1»", ("$«n8» = @;", "return @;")),
)

EXCEPTIONS: Final = (
    Lesson("except where it is not", "python", "time.sleep(«x1»)", "wait(«x1»)", _PLAIN),
    Lesson("lists now and then", "java", "new ArrayList<>(«x1»)", "List.copyOf(«x1»)", _JAVA),
    Lesson("some sockets", "go", "net.Dial(«a1»)", "dialer.Dial(«a1»)", _GO),
    Lesson("some locks", "rust", "Mutex::new(«x1»)", "RwLock::new(«x1»)", _RUST),
)
"""Corrected a few times, and kept more often: no rule."""

CONTRADICTIONS: Final = (
    Lesson("pickle to json", "python", "pickle.dumps(«x1»)", "json.dumps(«x1»)", _PYTHON),
    Lesson("pickle to msgpack", "python", "pickle.dumps(«x1»)", "msgpack.packb(«x1»)", _PYTHON),
    Lesson("moment to luxon", "typescript", "moment(«x1»)", "DateTime.fromISO(«x1»)", _SCRIPT),
    Lesson("moment to dayjs", "typescript", "moment(«x1»)", "dayjs(«x1»)", _SCRIPT),
)
"""Two wishes for one thing: reported, and no rule."""
