const quote = 34;
const newline = 10;

/** Where a CSV record ends: at a line end that no quotes enclose. A quote opens only at a field's beginning (RFC 4180). */
export function csvEnd(delimiter: string): (bytes: Buffer, begin: number) => number {
  const separator = delimiter.charCodeAt(0);
  return (bytes, begin) => {
    const plain = bytes.indexOf(newline, begin);
    const firstQuote = bytes.indexOf(quote, begin);
    if (plain >= 0 && (firstQuote < 0 || firstQuote > plain)) return plain + 1;
    let isQuoted = false;
    let isBegin = true;
    for (let i = begin; i < bytes.length; i++) {
      const byte = bytes[i];
      if (isQuoted) {
        if (byte !== quote) continue;
        if (bytes[i + 1] === quote) i++;
        else isQuoted = false;
      } else if (byte === newline) return i + 1;
      else if (byte === quote && isBegin) isQuoted = true;
      isBegin = !isQuoted && byte === separator;
    }
    return -1;
  };
}

/** The fields of a record, an empty one as null; or in words what is wrong with it. */
export function csvFields(text: string, delimiter: string): (string | null)[] | string {
  if (!text.includes('"')) return text.split(delimiter).map((field) => (field === "" ? null : field));
  const fields: (string | null)[] = [];
  let at = 0;
  for (;;) {
    let field: string;
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      if (end < 0) return `field ${fields.length + 1} opens a quote that is never closed`;
      field = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
      if (at < text.length && text[at] !== delimiter)
        return `field ${fields.length + 1} goes on behind its closing quote`;
    } else {
      const end = text.indexOf(delimiter, at);
      field = text.slice(at, end < 0 ? undefined : end);
      at = end < 0 ? text.length : end;
    }
    fields.push(field === "" ? null : field);
    if (at >= text.length) return fields;
    at += delimiter.length;
  }
}

function closingQuote(text: string, from: number): number {
  for (let i = text.indexOf('"', from); i >= 0; i = text.indexOf('"', i + 2)) if (text[i + 1] !== '"') return i;
  return -1;
}
