/**
 * As much XML as SAML needs: a tree with namespaces, and exclusive canonicalisation (https://www.w3.org/TR/xml-exc-c14n/).
 * Document types are refused, so there are no entities but the five of XML itself.
 */

export interface XmlAttribute {
  prefix: string;
  name: string;
  value: string;
}

export interface XmlElement {
  prefix: string;
  name: string;
  attributes: XmlAttribute[];
  /** Namespaces declared here, by prefix (`` is the default one). */
  declared: Map<string, string>;
  /** Namespaces in scope, by prefix. */
  scope: Map<string, string>;
  children: (XmlElement | string)[];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-fA-F]+|#\d+|\w+);/g, (_, name: string) => {
    if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith("#")) return String.fromCodePoint(Number.parseInt(name.slice(1), 10));
    const found = ENTITIES[name];
    if (found === undefined) throw new Error(`unknown entity ${name}`);
    return found;
  });
}

const split = (name: string): [string, string] => {
  const colon = name.indexOf(":");
  return colon < 0 ? ["", name] : [name.slice(0, colon), name.slice(colon + 1)];
};

/** @throws Error for what is not well-formed */
export function parseXml(source: string): XmlElement {
  const text = source.replace(/\r\n?/g, "\n");
  const token =
    /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=/>]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|[^<]+|</g;
  const stack: XmlElement[] = [];
  let root: XmlElement | undefined;
  for (const match of text.matchAll(token)) {
    const [whole, cdata, closing, opening, attributes = "", selfClosing] = match;
    const parent = stack.at(-1);
    if (whole.startsWith("<!--") || whole.startsWith("<?")) continue;
    if (cdata !== undefined) parent?.children.push(cdata);
    else if (closing !== undefined) {
      const element = stack.pop();
      if (!element || `${element.prefix ? `${element.prefix}:` : ""}${element.name}` !== closing) {
        throw new Error("mismatched tag");
      }
    } else if (opening !== undefined) {
      if (!parent && root) throw new Error("two root elements");
      if (stack.length > 100) throw new Error("too deep");
      const element = open(opening, attributes, parent);
      if (parent) parent.children.push(element);
      else root = element;
      if (!selfClosing) stack.push(element);
    } else if (whole.startsWith("<")) throw new Error("not well-formed");
    else if (parent) parent.children.push(decode(whole));
    else if (whole.trim() !== "") throw new Error("text outside of the root element");
  }
  if (!root || stack.length > 0) throw new Error("unfinished document");
  return root;
}

function open(tag: string, text: string, parent: XmlElement | undefined): XmlElement {
  const [prefix, name] = split(tag);
  const declared = new Map<string, string>();
  const attributes: XmlAttribute[] = [];
  for (const [, full = "", double, single] of text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    const value = decode((double ?? single ?? "").replace(/[\t\n]/g, " "));
    if (full === "xmlns") declared.set("", value);
    else if (full.startsWith("xmlns:")) declared.set(full.slice(6), value);
    else {
      const [attributePrefix, attributeName] = split(full);
      attributes.push({ prefix: attributePrefix, name: attributeName, value });
    }
  }
  const scope =
    declared.size > 0 ? new Map([...(parent?.scope ?? []), ...declared]) : (parent?.scope ?? new Map());
  return { prefix, name, attributes, declared, scope, children: [] };
}

/** Child elements with this local name. */
export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((one): one is XmlElement => typeof one !== "string" && one.name === name);
}

/** Elements below with this local name, in document order. */
export function descendants(element: XmlElement, name: string): XmlElement[] {
  const found: XmlElement[] = [];
  for (const child of element.children) {
    if (typeof child === "string") continue;
    if (child.name === name) found.push(child);
    found.push(...descendants(child, name));
  }
  return found;
}

/** Text directly inside an element. */
export function textOf(element: XmlElement | undefined): string {
  return element?.children.filter((one) => typeof one === "string").join("") ?? "";
}

const escapeText = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#xD;");
const escapeValue = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\t", "&#x9;")
    .replaceAll("\n", "&#xA;")
    .replaceAll("\r", "&#xD;");

/** The exclusive canonical form of an element. */
export function canonical(
  element: XmlElement,
  options: { without?: XmlElement; prefixes?: readonly string[] } = {},
): string {
  const inclusive = (options.prefixes ?? []).map((one) => (one === "#default" ? "" : one));
  const write = (one: XmlElement, rendered: ReadonlyMap<string, string>): string => {
    const used = new Set([
      one.prefix,
      ...one.attributes.map(({ prefix }) => prefix).filter((prefix) => prefix !== ""),
    ]);
    for (const prefix of inclusive) if (one.scope.has(prefix)) used.add(prefix);
    used.delete("xml");
    const now = new Map(rendered);
    let spaces = "";
    for (const prefix of [...used].sort()) {
      const uri = one.scope.get(prefix) ?? "";
      if ((rendered.get(prefix) ?? "") === uri) continue;
      now.set(prefix, uri);
      spaces += prefix === "" ? ` xmlns="${escapeValue(uri)}"` : ` xmlns:${prefix}="${escapeValue(uri)}"`;
    }
    const uriOf = (attribute: XmlAttribute) =>
      attribute.prefix === "" ? "" : (one.scope.get(attribute.prefix) ?? "");
    const attributes = [...one.attributes]
      .sort((a, b) => {
        const [left, right] = [`${uriOf(a)}\0${a.name}`, `${uriOf(b)}\0${b.name}`];
        return left < right ? -1 : left > right ? 1 : 0;
      })
      .map(({ prefix, name, value }) => ` ${prefix ? `${prefix}:` : ""}${name}="${escapeValue(value)}"`)
      .join("");
    const tag = one.prefix ? `${one.prefix}:${one.name}` : one.name;
    const inside = one.children
      .map((child) =>
        typeof child === "string" ? escapeText(child) : child === options.without ? "" : write(child, now),
      )
      .join("");
    return `<${tag}${spaces}${attributes}>${inside}</${tag}>`;
  };
  return write(element, new Map());
}
