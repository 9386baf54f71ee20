/** The form of XML answers: declaration, and the namespace attribute of a service. */
import type { ServiceMeta } from "./model.ts";
import { escapeXml } from "./xml.ts";

export const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function xmlns(meta: ServiceMeta | undefined): string {
  return meta?.xmlNamespace ? ` xmlns="${escapeXml(meta.xmlNamespace)}"` : "";
}

/** Simple elements of a plain record, in order; absent values are left out. */
export function elements(values: Readonly<Record<string, unknown>>): string {
  let out = "";
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === null || !/^[A-Za-z_][\w.-]*$/.test(name)) continue;
    out += `<${name}>${typeof value === "object" ? "" : escapeXml(String(value))}</${name}>`;
  }
  return out;
}
