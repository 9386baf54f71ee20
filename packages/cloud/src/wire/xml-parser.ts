/**
 * A strict, small XML parser for request bodies: elements, attributes, text, CDATA and the five named entities.
 *
 * It refuses what AWS refuses: truncated or mismatched elements, document type declarations (so no external entities),
 * and absurd depth.
 */

export interface XmlElement {
  /** Local name, without prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  /** Text directly inside, entities resolved. */
  text: string;
}

/** The text is not well-formed XML. */
export class XmlSyntaxError extends Error {}

const maximumDepth = 100;
const nameAt = /[A-Za-z_:\u0080-\uffff][\w:.\-\u0080-\uffff]*/y;
const attributeAt = /\s+([A-Za-z_:\u0080-\uffff][\w:.\-\u0080-\uffff]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEndAt = /\s*(\/?)>/y;

/** Parses a document; throws an `XmlSyntaxError`. */
export function parseXml(source: string): XmlElement {
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  let root: XmlElement | undefined;
  const open: XmlElement[] = [];
  const openNames: string[] = [];
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf("<", at);
    const chars = text.slice(at, next === -1 ? text.length : next);
    const top = open.at(-1);
    if (top) top.text += resolveEntities(chars);
    else if (chars.trim() !== "") throw new XmlSyntaxError("text outside of the root element");
    if (next === -1) break;
    at = next;
    if (text.startsWith("<!--", at)) at = after(text, "-->", at + 4);
    else if (text.startsWith("<![CDATA[", at)) {
      const end = text.indexOf("]]>", at);
      if (end === -1 || !top) throw new XmlSyntaxError("a CDATA section is not closed or stands outside");
      top.text += text.slice(at + 9, end);
      at = end + 3;
    } else if (text.startsWith("<?", at)) at = after(text, "?>", at + 2);
    else if (text.startsWith("<!", at)) throw new XmlSyntaxError("declarations are not allowed");
    else if (text.startsWith("</", at)) {
      const end = text.indexOf(">", at);
      if (end === -1) throw new XmlSyntaxError("an end tag is not closed");
      const name = text.slice(at + 2, end).trimEnd();
      if (openNames.pop() !== name) throw new XmlSyntaxError(`unexpected end tag ${name}`);
      open.pop();
      at = end + 1;
    } else {
      nameAt.lastIndex = at + 1;
      const name = nameAt.exec(text)?.[0];
      if (!name) throw new XmlSyntaxError("a tag has no name");
      at = nameAt.lastIndex;
      const attributes: Record<string, string> = Object.create(null);
      for (;;) {
        attributeAt.lastIndex = at;
        const found = attributeAt.exec(text);
        if (!found) break;
        const key = found[1] as string;
        if (key in attributes) throw new XmlSyntaxError(`attribute ${key} is repeated`);
        attributes[key] = resolveEntities(found[2] ?? found[3] ?? "");
        at = attributeAt.lastIndex;
      }
      tagEndAt.lastIndex = at;
      const end = tagEndAt.exec(text);
      if (!end) throw new XmlSyntaxError(`the tag ${name} is not closed`);
      at = tagEndAt.lastIndex;
      const element: XmlElement = {
        name: name.slice(name.indexOf(":") + 1),
        attributes,
        children: [],
        text: "",
      };
      if (top) top.children.push(element);
      else if (root) throw new XmlSyntaxError("more than one root element");
      else root = element;
      if (end[1] === "") {
        if (open.push(element) > maximumDepth) throw new XmlSyntaxError("nested too deeply");
        openNames.push(name);
      }
    }
  }
  if (!root || open.length > 0) throw new XmlSyntaxError("the document ends early");
  return root;
}

function after(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  if (found === -1) throw new XmlSyntaxError(`${end} is missing`);
  return found + end.length;
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function resolveEntities(text: string): string {
  const plain = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  if (!plain.includes("&")) return plain;
  return plain.replace(/&([^;&\s]{0,12};?)/g, (_, entity: string) => {
    const name = entity.endsWith(";") ? entity.slice(0, -1) : "";
    const code = /^#(?:x([0-9a-fA-F]+)|(\d+))$/.exec(name);
    const point = code ? (code[1] ? Number.parseInt(code[1], 16) : Number(code[2])) : -1;
    if (point > 0 && point <= 0x10ffff) return String.fromCodePoint(point);
    const known = Object.hasOwn(named, name) ? named[name] : undefined;
    if (known === undefined) throw new XmlSyntaxError(`unknown entity &${entity}`);
    return known;
  });
}
