//! How people write a name and its value.

/// A way of writing: `{N}` is `SOME_NAME`, `{n}` `some_name`, `{c}` `someName`, `{k}` `some-name`, `{d}` `some.name`,
/// `{V}` the value.
pub(super) struct Notation {
    pub(super) name: &'static str,
    form: &'static str,
}

const fn of(name: &'static str, form: &'static str) -> Notation {
    Notation { name, form }
}

/// All of them. None has anything that stands for a placeholder.
pub(super) const NOTATIONS: &[Notation] = &[
    of("env", "{N}={V}\n"),
    of("env quoted", "{N}=\"{V}\"\n"),
    of("env behind more", "LANG=C {N}={V} ./run.sh --all"),
    of("export", "export {N}='{V}'\n"),
    of("compose", "      - {N}={V}\n"),
    of("dockerfile", "ENV {N} {V}\n"),
    of("cmd", "set {N}={V}\r\n"),
    of("setx", "setx {N} \"{V}\"\r\n"),
    of("powershell", "$env:{N} = \"{V}\"\r\n"),
    of("flag", "run --{k} {V} --quiet"),
    of("flag with =", "run --{k}={V} --quiet"),
    of("yaml", "  {n}: {V}\n"),
    of("yaml quoted", "  {n}: \"{V}\"\n"),
    of("yaml name, value", "  - name: {N}\n    value: {V}\n"),
    of("yaml folded", "{n}: >-\n  {V}\nnext: 1\n"),
    of("json", "{\"{n}\": \"{V}\", \"size\": 3}"),
    of("json camel case", "{\"{c}\":\"{V}\"}"),
    of("json in a string", "\"{\\\"{n}\\\":\\\"{V}\\\",\\\"size\\\":3}\""),
    of("json pretty", "{\n  \"{c}\":\n    \"{V}\"\n}\n"),
    of("json name, value", "{\"name\": \"{N}\", \"value\": \"{V}\"}"),
    of("xml element", "<{c}>{V}</{c}>"),
    of("xml attribute", "<add key=\"{c}\" value=\"{V}\" />"),
    of("xml lines", "<{c}>\n  {V}\n</{c}>\n"),
    of("properties", "{d}={V}\n"),
    of("ini", "[main]\n{n} = {V}\n"),
    of("toml", "{n} = \"{V}\"\n"),
    of("terraform", "variable \"{n}\" {\n  default = \"{V}\"\n}\n"),
    of("go", "\t{c} := \"{V}\"\n"),
    of("go const", "const {c} string = `{V}`\n"),
    of("javascript", "const {c} = '{V}';\n"),
    of("javascript object", "  {c}: '{V}',\n"),
    of("process.env", "process.env.{N} = '{V}';\n"),
    of("python", "{N} = \"{V}\"\n"),
    of("python environ", "os.environ['{N}'] = '{V}'\n"),
    of("python argument", "client = Client({n}=\"{V}\", timeout=3)\n"),
    of("python default", "{n} = os.getenv(\"{N}\", \"{V}\")\n"),
    of("python raw", "{n} = r\"{V}\"\n"),
    of("ruby hash", "  :{n} => \"{V}\",\n"),
    of("ruby env", "ENV['{N}'] ||= '{V}'\n"),
    of("php define", "define('{N}', '{V}');\n"),
    of("php array", "    '{n}' => '{V}',\n"),
    of("java", "  private static final String {N} = \"{V}\";\n"),
    of("java call", "  config.put(\"{c}\", \"{V}\");\n"),
    of("csharp", "  string {c} = @\"{V}\";\n"),
    of("kotlin", "  val {c}: String = \"{V}\"\n"),
    of("swift", "let {c}: String? = \"{V}\"\n"),
    of("rust", "let {n}: &str = \"{V}\";\n"),
    of("c", "#define {N} \"{V}\"\n"),
    of("lua", "{n} = '{V}', -- local\n"),
    of("header", "curl -H \"X-{k}: {V}\" https://service.test/v1"),
    of("query", "GET /v1/items?{n}={V}&page=2 HTTP/1.1"),
    of("log", "2026-11-03T10:11:12Z INFO sync started {n}={V} retries=3"),
    of("log with a colon", "10:11:12 [main] DEBUG client {c}: {V}"),
    of("diff", "+{N}={V}\n"),
    of("comment", "// {c}: {V}\n"),
    of("markdown", "| `{N}` | `{V}` |\n"),
    of("colour", "\x1b[32m{N}\x1b[0m=\x1b[33m{V}\x1b[0m\n"),
];

impl Notation {
    /// The text, and where in it the value begins.
    pub(super) fn write(&self, name: &[String], value: &[u8]) -> (Vec<u8>, usize) {
        let capital =
            |word: &String| word.get(..1).unwrap_or_default().to_ascii_uppercase() + word.get(1..).unwrap_or_default();
        let camel = |(at, word): (usize, &String)| if at == 0 { word.clone() } else { capital(word) };
        let mut form = self.form.to_owned();
        for (key, text) in [
            ("{N}", name.join("_").to_ascii_uppercase()),
            ("{n}", name.join("_")),
            ("{k}", name.join("-")),
            ("{d}", name.join(".")),
            ("{c}", name.iter().enumerate().map(camel).collect()),
        ] {
            form = form.replace(key, &text);
        }
        let (before, after) = form.split_once("{V}").unwrap_or((&form, ""));
        let text = [before.as_bytes(), value, after.as_bytes()].concat();
        (text, before.len())
    }
}
