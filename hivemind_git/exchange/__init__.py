"""Other tools' formats, one module a format. Values in, values or text out; nothing here reads git or the clock."""
